import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { lineAt, ROOT, read, repositoryFiles } from './source/files.ts'

interface Example {
  readonly where: string
  readonly code: string
}

test('the example gate finds typed blocks, and leaves others alone', () => {
  const page = 'a\n```ts\nconst a = 1\n```\n```sh\nnpm start\n```\n```ts ignore\nconst\n```\n'
  assert.deepEqual(examplesIn('a.md', page), [{ where: 'a.md:2', code: 'const a = 1\n' }])
})

test('every TypeScript example in the documents compiles', () => {
  const pages = repositoryFiles().filter((file) => file.endsWith('.md'))
  const examples = pages.flatMap((page) => examplesIn(page, read(page)))
  assert.equal(compile(examples), '')
  assert.notEqual(compile([{ where: 'sample', code: 'const a: string = 1' }]), '')
})

const examplesIn = (file: string, text: string): Example[] =>
  [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((hit) => ({
    where: `${file}:${lineAt(text, hit.index)}`,
    code: hit[1] ?? '',
  }))

/** What the compiler says about the examples, each a module of its own beside the template's dependencies. */
function compile(examples: readonly Example[]): string {
  if (examples.length === 0) return ''
  const folder = mkdtempSync(path.join(tmpdir(), 'plinth-examples-'))
  try {
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
    // An example may use what every service begins with.
    symlinkSync(path.join(ROOT, 'template/src/entities'), path.join(folder, 'entities'))
    examples.forEach(({ where, code }, index) => {
      writeFileSync(path.join(folder, `example-${index}.ts`), `${code}export {} // ${where}\n`)
    })
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(path.join(folder, 'tsconfig.json'), PROJECT)
    const { stdout } = spawnSync('tsc', ['-p', folder], { encoding: 'utf8', cwd: folder })
    return stdout.replace(/example-(\d+)\.ts/g, (_, index) => examples[Number(index)]?.where ?? '')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const PROJECT = JSON.stringify({
  extends: path.join(ROOT, 'tsconfig.base.json'),
  compilerOptions: {
    noEmit: true,
    // Examples of front ends run in a page.
    lib: ['es2024', 'esnext.disposable', 'dom', 'dom.asynciterable'],
    noUnusedLocals: false,
    customConditions: ['plinth-source'],
    allowImportingTsExtensions: true,
    paths: { '@plinth/client': [path.join(ROOT, 'clients/typescript/src/index.ts')] },
  },
  include: ['*.ts'],
})
