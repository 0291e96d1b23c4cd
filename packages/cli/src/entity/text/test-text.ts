import type { Column, Declaration } from 'plinth/data'
import { arrayText, objectText } from './layout.ts'
import { requiredOf, type SampleRows } from './sample-rows.ts'
import { refusedCode, sampleCode } from './sample-values.ts'
import { importsText, signedIn, signedInAs, spoken, worldText } from './test-frame.ts'

/** What the test of an entity is written from. */
export interface TestRequest {
  readonly declaration: Declaration
  /** `productFeature`, and where it is imported from: `./product.ts`. */
  readonly feature: { readonly name: string; readonly from: string }
  readonly path: string
  readonly rows: SampleRows
}

/** The text of `product.test.ts`: CRUD, validation, versions, permissions, and what another tenant sees. */
export function testText(request: TestRequest): string {
  const { owned, softDelete } = request.declaration
  return [
    headText(request),
    lifeTest(request),
    listTest(request),
    validityTest(request),
    versionTest(request),
    permissionTest(request),
    ...(owned === 'person' ? [personTest(request)] : []),
    ...(softDelete ? [restoreTest(request)] : []),
    tenantTest(request),
  ].join('\n')
}

function headText({ declaration, feature, path, rows }: TestRequest): string {
  const { name } = declaration
  const actions = ['read', 'create', 'update', 'delete'].map((action) => `${name}:${action}`)
  const all = [...actions, ...rows.permissions].map((permission) => `'${permission}'`)
  const features = [...rows.features, feature.name]
  return `${importsText(rows, `import { ${feature.name} } from '${feature.from}'\n`)}
const PATH = '${path}'
const ALL = ${arrayText(all, { indent: 0, used: 12 })}

${rows.code}
${changeText(declaration)}${worldText(features)}`
}

function changeText(declaration: Declaration): string {
  const column = changedColumn(declaration)
  return column === undefined
    ? ''
    : `/** What a request may change of it. */\n${changeOf(column)}\n`
}

function changeOf(column: Column): string {
  const head = 'const change = (n: number) => ('
  const entries = [[column.name, sampleCode(column) ?? 'undefined']] as const
  const body = objectText(entries, { indent: 0, used: head.length + 1 })
  return body.includes('n}') || /\bn\b/.test(sampleCode(column) ?? '')
    ? `${head}${body})\n`
    : `const change = (_: number) => (${body})\n`
}

/** What a request changes: one field, or where there are only references all of them. */
function changeCall({ declaration, rows }: TestRequest, who: string, n: number): string {
  return changedColumn(declaration) === undefined ? rows.call(who, n) : `change(${n})`
}

/** A field of its own that may change without meeting another row; undefined where all are references. */
function changedColumn(declaration: Declaration): Column | undefined {
  const { columns, uniques } = declaration
  const keys = new Set(uniques.flatMap((key) => key.columns))
  const free = [...requiredOf(declaration), ...columns].filter(
    ({ reference, hidden, serverOnly, name }) =>
      reference === undefined && !hidden && !serverOnly && name !== 'owner_id',
  )
  return free.find(({ name }) => !keys.has(name)) ?? free[0]
}

function lifeTest(request: TestRequest): string {
  const { declaration, rows } = request
  const call = changeCall(request, 'ana', 2)
  // Other rows that are made for it are made once.
  const asked = call === 'change(2)' ? call : 'asked'
  return `test('${spoken(declaration)} is created, read, changed, replaced and deleted', async () => {
${signedIn('ana', 'acme')}  const created = await ana.post(PATH, ${rows.call('ana', 1)})
  assert.equal(created.status, 201)
  const path = \`\${PATH}/\${created.body['id']}\`
  assert.equal(created.headers.get('location'), path)
  assert.deepEqual((await ana.get(path)).body, created.body)

${asked === call ? '' : `  const asked = ${call}\n`}  const changed = await ana.patch(path, ${asked})
  const { version, updated_at } = changed.body
  assert.equal(changed.status, 200)
  assert.deepEqual(changed.body, { ...created.body, ...${asked}, version, updated_at })
  const wanted = ${rows.call('ana', 3)}
  const replaced = await ana.put(path, wanted)
  assert.equal(replaced.status, 200)
  assert.deepEqual(replaced.body, { ...replaced.body, ...wanted })

  assert.equal((await ana.delete(path)).status, 204)
  assert.equal((await ana.get(path)).status, 404)
})
`
}

function listTest({ rows }: TestRequest): string {
  return `test('a list has pages', async () => {
${signedIn('ana', 'pages')}  for (const n of [4, 5, 6]) await ana.post(PATH, ${rows.call('ana', 'n')})
  const first = await ana.get(\`\${PATH}?limit=2&count=exact\`)
  assert.deepEqual([first.body['count'], first.body['total']], [2, 3])
  const second = await ana.get(\`\${PATH}?limit=2&cursor=\${first.body['next_cursor']}\`)
  assert.deepEqual([second.body['count'], second.body['next_cursor']], [1, null])
})
`
}

function validityTest({ declaration, rows }: TestRequest): string {
  const columns = declaration.columns.filter(
    ({ hidden, serverOnly, name }) =>
      !hidden && !serverOnly && name !== 'owner_id' && name !== 'deleted_at',
  )
  const bad = columns.map((column) => [column.name, refusedCode(column)] as const)
  const entries = [...bad, ['not_a_field', '1'] as const]
  const head = '  const wrong = '
  return `test('what is not valid is refused, field by field', async () => {
${signedIn('ana', 'valid')}${head}${objectText(entries, { indent: 2, used: head.length })}
  const refused = await ana.post<Refused>(PATH, wrong)
  assert.equal(refused.status, 422)
  assert.deepEqual(fieldsOf(refused.body), Object.keys(wrong).sort())
${twiceText(declaration, rows)}})

interface Refused {
  readonly details: readonly { readonly path: string }[]
}

function fieldsOf({ details }: Refused): string[] {
  return [...new Set(details.map(({ path }) => path.replace('body/', '')))].sort()
}
`
}

/** The same row once more, where a single field of it is unique. */
function twiceText(declaration: Declaration, rows: SampleRows): string {
  const said = new Set(requiredOf(declaration).map(({ name }) => name))
  const keys = declaration.uniques.filter(({ columns }) => columns.every((name) => said.has(name)))
  const [column, ...more] = keys.length === 1 ? (keys[0]?.columns ?? []) : []
  const isOwn = declaration.references.every((key) => key.column !== column)
  if (column === undefined || more.length > 0 || !isOwn) return ''
  return `  await ana.post(PATH, ${rows.call('ana', 7)})
  const twice = await ana.post<Refused>(PATH, ${rows.call('ana', 7)})
  assert.equal(twice.status, 409)
  assert.deepEqual(fieldsOf(twice.body), ['${column}'])
`
}

function versionTest(request: TestRequest): string {
  const { rows } = request
  return `test('of two people who change the same version, one is told to read again', async () => {
${signedIn('ana', 'acme')}  const { body, headers } = await ana.post(PATH, ${rows.call('ana', 8)})
  const path = \`\${PATH}/\${body['id']}\`
  const seen = { 'if-match': headers.get('etag') ?? '' }
  assert.equal((await ana.patch(path, ${changeCall(request, 'ana', 9)}, seen)).status, 200)
  assert.equal((await ana.patch(path, ${changeCall(request, 'ana', 10)}, seen)).status, 412)
})
`
}

function permissionTest(request: TestRequest): string {
  const { declaration, rows } = request
  // Whoever may not see every row of a person would meet 404 before 403.
  const { name, owned } = declaration
  const can = [`${name}:read`, ...(owned === 'person' ? [`${name}:all`] : [])]
  return `test('each operation asks for its own permission', async () => {
${signedIn('ana', 'acme')}  const { body } = await ana.post(PATH, ${rows.call('ana', 11)})
  const path = \`\${PATH}/\${body['id']}\`
${signedInAs('bob', can)}  assert.equal((await bob.get(path)).status, 200)
  assert.equal((await bob.post(PATH, ${rows.call('ana', 12)})).status, 403)
  assert.equal((await bob.patch(path, ${changeCall(request, 'ana', 13)})).status, 403)
  assert.equal((await bob.delete(path)).status, 403)
})
`
}

function tenantTest(request: TestRequest): string {
  const { rows } = request
  return `test('another tenant sees none of it', async () => {
${signedIn('ana', 'acme')}${signedIn('eve', 'evil')}  const { body } = await ana.post(PATH, ${rows.call('ana', 14)})
  const path = \`\${PATH}/\${body['id']}\`
  assert.equal((await eve.get(path)).status, 404)
  assert.equal((await eve.patch(path, ${changeCall(request, 'eve', 15)})).status, 404)
  assert.equal((await eve.delete(path)).status, 404)
  assert.equal((await eve.get(PATH)).body['count'], 0)
  assert.equal((await eve.post(PATH, ${rows.call('eve', 14)})).status, 201)
})
`
}

function personTest(request: TestRequest): string {
  const { rows } = request
  return `test('another person of the tenant sees none of it', async () => {
${signedIn('ana', 'acme')}${signedIn('cid', 'acme')}  const { body } = await ana.post(PATH, ${rows.call('ana', 16)})
  const path = \`\${PATH}/\${body['id']}\`
  assert.equal((await cid.get(path)).status, 404)
  assert.equal((await cid.patch(path, ${changeCall(request, 'cid', 17)})).status, 404)
  assert.equal((await cid.delete(path)).status, 404)
  assert.equal((await cid.get(PATH)).body['count'], 0)
})
`
}

function restoreTest({ rows }: TestRequest): string {
  return `test('what was deleted can be taken back', async () => {
${signedIn('ana', 'acme')}  const { body } = await ana.post(PATH, ${rows.call('ana', 18)})
  const path = \`\${PATH}/\${body['id']}\`
  assert.equal((await ana.delete(path)).status, 204)
  assert.equal((await ana.get(path)).status, 404)
  assert.equal((await ana.post(\`\${path}/restore\`)).status, 200)
  assert.equal((await ana.get(path)).status, 200)
})
`
}
