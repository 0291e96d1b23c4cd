import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { keptTarballs } from './kept-tarballs.ts'
import { packPackages } from './stage.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true }, kept: { type: 'boolean' } },
})
const target = path.resolve(positionals[0] ?? 'dist')
const work = await mkdtemp(path.join(tmpdir(), 'plinth-pack-'))
const pack = () => packPackages(work)
try {
  await mkdir(target, { recursive: true })
  for (const [name, tarball] of await (options.kept ? keptTarballs(pack) : pack())) {
    if (options.only?.includes(name) === false) continue
    const file = path.join(target, path.basename(tarball))
    await cp(tarball, file)
    console.log(`${name}: ${path.relative(process.cwd(), file)}`)
  }
} catch (error) {
  console.error(String(error.stdout || error.message).trim())
  process.exitCode = 1
} finally {
  await rm(work, { recursive: true, force: true })
}
