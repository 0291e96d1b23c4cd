import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { ROOT } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const run = promisify(execFile)

test('docs/guides/entities.md: every declaration is sound to the compiler, and the wrong one is not', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-guide-'))
  try {
    await mkdir(path.join(folder, 'src'))
    await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}')
    const options = {
      customConditions: ['plinth-source'],
      typeRoots: [path.join(ROOT, 'node_modules/@types')],
    }
    const config = { extends: path.join(ROOT, 'template/tsconfig.json'), compilerOptions: options }
    await writeFile(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({ ...config, include: ['src'] }),
    )
    const blocks = blocksOf('docs/guides/entities.md').filter(({ language }) => language === 'ts')
    for (const [at, { code }] of blocks.entries()) {
      await writeFile(path.join(folder, `src/guide-${at}.ts`), code)
    }
    const wrong = blocks.findIndex(({ code }) => code.includes("'nmae'"))
    const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [compiler, '-p', '.'], { cwd: folder }).then(
      () => assert.fail('the wrong declaration compiled'),
      (fault: { stdout: string }) => fault,
    )
    const faults = stdout.split('\n').filter((line) => line.startsWith('src/'))
    assert.deepEqual(
      faults.filter((line) => !line.startsWith(`src/guide-${wrong}.ts`)),
      [],
    )
    assert.match(faults.join('\n'), /nmae/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
