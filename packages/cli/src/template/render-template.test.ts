import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answers } from './answers.ts'
import { PARTS, type Part } from './answers.ts'
import { ownershipOf } from './ownership.ts'
import { renderTemplate } from './render-template.ts'
import { templateFiles } from './template-files.ts'

const plain: Answers = {
  name: 'my-service',
  tenancy: 'personal',
  without: [],
  packageManager: 'npm',
  packages: 'registry',
}

/** What the name of each part must not be found by, in a service without it. */
const TRACES: Readonly<Record<Part, RegExp>> = {
  product: /\bproducts?\b|\bsku\b/i,
  home: /pages\/\w|'home'|\bhome\b/,
  keycloak: /--provider keycloak|test-realm-realm/,
  github: /\.github|github/i,
}

test('the template itself is the service that is called my-service', async () => {
  const template = await templateFiles()
  const files = await renderTemplate(plain)
  assert.deepEqual([...files.keys()], [...template.keys()])
  for (const [path, text] of files) {
    assert.doesNotMatch(text, /plinth:(with|without|end)\b/, path)
    const marked = template.get(path)?.includes('plinth:')
    if (!marked) assert.equal(text, template.get(path), path)
  }
})

for (const part of PARTS) {
  test(`without ${part}, no file and no line of it is left`, async () => {
    const all = await renderTemplate(plain)
    const files = await renderTemplate({ ...plain, without: [part] })
    const traces = (texts: ReadonlyMap<string, string>) =>
      [...texts].filter(([path, text]) => TRACES[part].test(`${path}\n${text}`))
    assert.deepEqual(
      traces(files).map(([path]) => path),
      [],
    )
    assert.notEqual(traces(all).length, 0, 'the pattern finds what is there')
  })
}

test('a service without everything is still one: registry, census and document are whole', async () => {
  const files = await renderTemplate({ ...plain, without: PARTS })
  assert.match(
    files.get('src/generated/registry.ts') ?? '',
    /registry: readonly Feature\[\] = \[\n/,
  )
  assert.doesNotMatch(files.get('src/generated/routes.txt') ?? '', /^\S+ +\/ /m)
  const document = JSON.parse(files.get('src/generated/openapi.json') ?? '')
  assert.deepEqual(Object.keys(document.components.schemas), ['Problem'])
  assert.ok(document.paths['/health'])
})

test('the name is the name everywhere, and nowhere in what the owner will write', async () => {
  const files = await renderTemplate({ ...plain, name: 'corner-shop' })
  for (const [path, text] of files) assert.doesNotMatch(text, /my[-_ ]service/i, path)
  assert.equal(JSON.parse(files.get('package.json') ?? '').name, 'corner-shop')
  assert.match(files.get('config.yaml') ?? '', /^ {4}name: Corner shop$/m)
  assert.match(files.get('.env.example') ?? '', /corner_shop/)
  const template = await templateFiles()
  for (const [path, text] of files)
    if (ownershipOf(path) === 'yours' && !template.get(path)?.includes('plinth:'))
      assert.equal(text, template.get(path), path)
})

test('the tenancy that was chosen stands in config.yaml', async () => {
  for (const tenancy of ['none', 'personal', 'organisations'] as const) {
    const files = await renderTemplate({ ...plain, tenancy })
    assert.match(files.get('config.yaml') ?? '', new RegExp(`^ {4}mode: ${tenancy}$`, 'm'))
    // The routes of another tenancy are written by `plinth sync`, once the service can be asked.
    assert.equal(files.has('src/generated/routes.txt'), tenancy === 'personal')
  }
})

test('documents and workflows speak the package manager’s own language', async () => {
  const files = await renderTemplate({ ...plain, packageManager: 'pnpm' })
  for (const [path, text] of files)
    if (ownershipOf(path) === 'shared')
      assert.doesNotMatch(
        text,
        /\bnpm (run|ci|install(?! --global)|test)\b|npx plinth|package-lock/,
        path,
      )
  assert.match(files.get('README.md') ?? '', /^pnpm run dev/m)
  const workflow = files.get('.github/workflows/ci.yml') ?? ''
  assert.match(workflow, /run: npm install --global pnpm@\d+ && pnpm install --frozen-lockfile$/m)
})

test('what a package manager must be told stands in its own file, which is shared', async () => {
  const yarn = await renderTemplate({ ...plain, packageManager: 'yarn' })
  assert.match(yarn.get('.yarnrc.yml') ?? '', /^nodeLinker: node-modules$/m)
  assert.equal(ownershipOf('.yarnrc.yml'), 'shared')
  for (const packageManager of ['npm', 'pnpm', 'bun'] as const)
    assert.equal((await renderTemplate({ ...plain, packageManager })).has('.yarnrc.yml'), false)
})

test('vendored packages are named by their tarballs', async () => {
  const files = await renderTemplate({ ...plain, packages: 'vendor' })
  const manifest = JSON.parse(files.get('package.json') ?? '')
  assert.match(manifest.dependencies.plinth, /^file:vendor\/plinth-\d+\.\d+\.\d+\.tgz$/)
  assert.match(manifest.devDependencies['@plinth/cli'], /^file:vendor\/plinth-cli-\d/)
  const texts = [...files.values()].join('\n')
  assert.doesNotMatch(texts, /@plinth\/cli@latest/, 'no registry is asked for them')
  assert.match(texts, /update --from/)
})
