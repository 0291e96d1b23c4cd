import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, sources } from './source/files.ts'
import { importsOf, isRelative, resolveRelative } from './source/imports.ts'

const PUBLIC = publicPaths()
const CONSUMERS = ['packages/cli/', 'packages/create-plinth/', 'template/']

test('the face gate sees a private path and a relative way into another package', () => {
  const faults = (code: string) => faceFaults('template/src/main.ts', code).length
  assert.equal(faults("import { a } from 'plinth/data/pool'"), 1)
  assert.equal(faults("import { a } from '../../packages/plinth/src/index.ts'"), 1)
  assert.equal(faults("import { start } from 'plinth'\nimport { b } from './b.ts'"), 0)
})

test('the command line and the template use only what plinth exports', () => {
  const faults = sources()
    .filter((file) => CONSUMERS.some((folder) => file.startsWith(folder)))
    .flatMap((file) => faceFaults(file, read(file)))
  assert.deepEqual(faults, [])
})

test('the public entry has a fixed, small list of names', () => {
  assert.deepEqual(exportedValues(read('packages/plinth/src/index.ts')).sort(), [...ENTRY].sort())
})

test('every public path has its own source, and no wildcard', () => {
  for (const path of PUBLIC) assert.doesNotMatch(path, /\*/)
})

/** Daily work, plus the names that the ways out need: access words, contextOf, createApp, plinth, resource. */
const ENTRY = [
  ...['feature', 'entity', 'money', 'ref', 'query', 'route', 'crud', 'mount', 'job', 'page'],
  ...['html', 'permissions', 'problem', 'start'],
  ...['open', 'signedIn', 'contextOf', 'createApp', 'plinth', 'resource'],
]

function faceFaults(file: string, text: string): string[] {
  const own = /^(packages\/[^/]+|template)\//.exec(file)?.[0] ?? ''
  return importsOf(text)
    .filter((specifier) =>
      isRelative(specifier)
        ? !resolveRelative(file, specifier).startsWith(own)
        : /^plinth($|\/)/.test(specifier) && !PUBLIC.includes(specifier),
    )
    .map((specifier) => `${file}: ${specifier} is not public`)
}

function publicPaths(): string[] {
  const manifest: unknown = JSON.parse(read('packages/plinth/package.json'))
  assert.ok(typeof manifest === 'object' && manifest !== null && 'exports' in manifest)
  return Object.keys(manifest.exports as object).map((path) => path.replace(/^\./, 'plinth'))
}

function exportedValues(text: string): string[] {
  const lists = [...text.matchAll(/export \{([^}]*)\} from/g)].map((hit) => hit[1] ?? '')
  return lists
    .flatMap((list) => list.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.replace(/^.* as /, ''))
}
