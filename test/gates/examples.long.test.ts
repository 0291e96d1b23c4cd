import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { lineAt, ROOT, read, repositoryFiles } from './source/files.ts'

interface Example {
  readonly where: string
  readonly code: string
  /** Its name, where the page gives it one: such examples of one page may import each other. */
  readonly file: string
}

test('the example gate finds typed blocks, and leaves others alone', () => {
  const page = 'a\n```ts\nconst a = 1\n```\n```sh\nnpm start\n```\n```ts ignore\nconst\n```\n'
  assert.deepEqual(examplesIn('a.md', page), [
    { where: 'a.md:2', code: 'const a = 1\n', file: 'example-2.ts' },
  ])
  const [named] = examplesIn('a.md', '<!-- file: src/a.ts -->\n```ts\nconst a = 1\n```\n')
  assert.equal(named?.file, 'src/a.ts')
})

test('every TypeScript example in the documents compiles', () => {
  const pages = repositoryFiles().filter((file) => file.endsWith('.md'))
  const examples = pages.flatMap((page) => examplesIn(page, read(page)))
  assert.equal(compile(examples), '')
  const wrong = { where: 'sample.md:1', code: 'const a: string = 1\n', file: 'sample.ts' }
  assert.match(compile([wrong]), /^sample\.md\/sample\.ts\(1,7\)/)
})

const examplesIn = (page: string, text: string): Example[] =>
  [...text.matchAll(/(?:^<!-- file: (\S+) -->\n)?^```ts\n([\s\S]*?)^```$/gm)].map((hit) => {
    const line = lineAt(text, hit.index)
    const [, file = `example-${line}.ts`, code = ''] = hit
    return { where: `${page}:${line}`, code, file }
  })

/** What the compiler says about the examples, each a module of its own beside the template's dependencies. */
function compile(examples: readonly Example[]): string {
  if (examples.length === 0) return ''
  const folder = mkdtempSync(path.join(tmpdir(), 'plinth-examples-'))
  try {
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
    for (const { where, code, file } of examples) {
      const [page = ''] = where.split(':')
      const place = path.join(folder, page, file)
      mkdirSync(path.dirname(place), { recursive: true })
      // An example may use what every service begins with.
      const entities = path.join(folder, page, 'entities')
      if (!existsSync(entities)) symlinkSync(path.join(ROOT, 'template/src/entities'), entities)
      writeFileSync(place, `${code}export {} // ${where}\n`)
    }
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
    const files = examples.map(({ where, file }) => path.join(where.split(':')[0] ?? '', file))
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ ...PROJECT, files }))
    return spawnSync('tsc', ['-p', folder], { encoding: 'utf8', cwd: folder }).stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const PROJECT = {
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
}
