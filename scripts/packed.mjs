// Builds and packs the packages as they are published:  npm run packed -- <folder>
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { packPackages } from './pack/stage.ts'

const target = path.resolve(process.argv[2] ?? 'dist')
const work = await mkdtemp(path.join(tmpdir(), 'plinth-pack-'))
try {
  await mkdir(target, { recursive: true })
  for (const [name, tarball] of await packPackages(work)) {
    const file = path.join(target, path.basename(tarball))
    await cp(tarball, file)
    console.log(`${name}: ${path.relative(process.cwd(), file)}`)
  }
} finally {
  await rm(work, { recursive: true, force: true })
}
