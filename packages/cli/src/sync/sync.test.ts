import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { featureModules, moduleOutline } from './feature-modules.ts'
import { findFeatures } from './find-features.ts'

const folder = mkdtempSync(join(tmpdir(), 'plinth-sync-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const FEATURE = JSON.stringify(
  new URL('../../../plinth/src/feature/index.ts', import.meta.url).pathname,
)

/** A service of its own with these modules. */
function serviceOf(name: string, files: Readonly<Record<string, string>>): string {
  const service = join(folder, name)
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(service, file)), { recursive: true })
    writeFileSync(join(service, file), text)
  }
  return service
}

test('every exported feature below the four folders is found, once, in one order', async () => {
  const service = serviceOf('found', {
    'src/pages/home.ts': `import { feature } from ${FEATURE}
export const home = feature('home', {})
export const looksLikeOne = { name: 'home' }
export const makesOne = () => feature('made', {})
const kept = feature('kept', {})
export { kept as outside }`,
    'src/entities/a/index.ts': `export { a } from './a.ts'`,
    'src/entities/a/a.ts': `import { feature } from ${FEATURE}
export const a = feature('a', {})`,
    'src/entities/a/a.test.ts': 'throw new Error("a test is no module of the service")',
    'src/jobs/a.fixture.ts': 'throw new Error("a fixture is no module of the service")',
    'src/services/notes.md': '',
    'src/elsewhere.ts': 'throw new Error("not in one of the folders")',
  })
  symlinkSync(join(service, 'src/elsewhere.ts'), join(service, 'src/jobs/link.ts'))
  const found = await findFeatures(service)
  assert.deepEqual(
    found.map(({ file, name }) => `${file} ${name}`),
    ['src/entities/a/a.ts a', 'src/pages/home.ts home', 'src/pages/home.ts outside'],
  )
})

test('a module that throws, or starts something, is named in one sentence', async () => {
  const throws = serviceOf('throws', { 'src/jobs/bad.ts': 'throw new Error("no database")' })
  await assert.rejects(findFeatures(throws), {
    name: 'CliError',
    message:
      'src/jobs/bad.ts:1 cannot be imported: no database. Modules of a service must import without side effects: do the work in a function, or in src/main.ts.',
  })
  const starts = serviceOf('starts', {
    'src/services/ticker.ts': 'setTimeout(() => {}, 100)\nexport const x = 1',
  })
  await assert.rejects(findFeatures(starts), /src\/services\/ticker\.ts starts something/)
})

test('the outline changes with modules and their exports, not with what they do', async () => {
  const files = { 'src/pages/a.ts': 'export const a = 1\nexport {\n  b,\n  c,\n}\n' }
  const service = serviceOf('outline', files)
  const before = await moduleOutline(service)
  serviceOf('outline', { 'src/pages/a.ts': 'export const a = 22\nexport {\n  b,\n  c,\n}\n' })
  assert.equal(await moduleOutline(service), before)
  serviceOf('outline', { 'src/pages/a.ts': 'export const a = 22\nexport {\n  b,\n  d,\n}\n' })
  assert.notEqual(await moduleOutline(service), before)
  serviceOf('outline', files)
  serviceOf('outline', { 'src/jobs/deep/b.ts': '' })
  assert.notEqual(await moduleOutline(service), before)
  assert.deepEqual(await featureModules(service), ['src/jobs/deep/b.ts', 'src/pages/a.ts'])
  assert.deepEqual(await featureModules(join(folder, 'nowhere')), [])
})
