import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { entity, ref } from 'plinth'
import { createTableSql } from 'plinth/data'
import { z } from 'zod'
import { runPlinth } from '../run-plinth.fixture.ts'
import { askService } from '../service-process/ask-service.ts'
import type { AttackReport } from './attack-report.ts'
import type { WrittenService } from './leaky-service.fixture.ts'
import { LEAKS, MAIN, writeService } from './leaky-service.fixture.ts'
import { RICH, RICH_MAIN } from './rich-service.fixture.ts'

const offer = entity(
  'offer',
  {
    title: z.string().max(80),
    margin: z.int32().default(7),
    state: z.enum(['new', 'sold']).default('new'),
  },
  { hidden: ['margin'], serverOnly: ['state'] },
)
const diary = entity('diary', { text: z.string().max(200) }, { owned: 'person' })
const review = entity('review', { text: z.string().max(200), product_id: z.uuid() })
const remark = entity('remark', { text: z.string().max(200), diary_id: ref('diary') })
const ENTITIES = [offer, diary, review, remark]
const TABLES = `-- after: 0001_product\n${ENTITIES.map((one) => createTableSql(one, ENTITIES)).join('\n')}`

const attack = ({ folder }: WrittenService, only?: string): Promise<AttackReport> =>
  askService({ kind: 'attack', service: folder, details: { only } })

/** `METHOD /path [vector]` of everything that stands open. */
const openIn = ({ holes }: AttackReport): readonly string[] =>
  holes.map(({ route, vector }) => `${route ?? 'the database'} [${vector}]`)

let leaky: WrittenService
let found: AttackReport
before(async () => {
  leaky = await writeService({
    'src/main.ts': MAIN,
    'src/leaks.ts': LEAKS,
    'migrations/0002_leaks.up.sql': TABLES,
    'migrations/0002_leaks.down.sql':
      'drop table app.offers, app.remarks, app.diaries, app.reviews;',
  })
  found = await attack(leaky)
})
after(() => leaky[Symbol.asyncDispose]())

const leaks: readonly (readonly [string, string])[] = [
  ['a report that reads every tenant by raw SQL', 'GET /api/v1/report [another tenant]'],
  ['a handler that ignores the tenant', 'GET /api/v1/any-product/:id [ids of another tenant]'],
  [
    'one that changes rows of others',
    'POST /api/v1/any-product/:id/retire [ids of another tenant]',
  ],
  ['a hidden field that is echoed', 'GET /api/v1/offers/:id/raw [hidden fields]'],
  ['a body that sets what only code may', 'PATCH /api/v1/offers/:id/quick [forbidden fields]'],
  ['a row of another person', 'GET /api/v1/diaries/:id [another person]'],
  [
    'a reference that no key holds to its tenant',
    'POST /api/v1/reviews [references across tenants]',
  ],
  ['a reference to a row of another person', 'POST /api/v1/remarks [references to another person]'],
  ['a mounted GET that a link can trigger', 'GET /legacy/products/:id/retire [foreign Origin]'],
  ['a route that breaks', 'GET /api/v1/offers/:id/crash [hidden fields]'],
]

for (const [title, hole] of leaks) {
  test(`${title} is found`, () => {
    assert.ok(openIn(found).includes(hole), openIn(found).join('\n'))
  })
}

test('the command: each hole and one line, exit code 1; whole, one line and 0; no such route, 2, also as JSON', async () => {
  const run = (...args: readonly string[]) =>
    runPlinth(['attack', ...args], {
      cwd: leaky.folder,
      env: { ...process.env, NO_COLOR: '1', CI: '' },
    })
  const open = await run('--brief', '--only', '/legacy')
  assert.equal(open.code, 1, open.err)
  const lines = open.out.split('\n')
  assert.match(
    lines[0] ?? '',
    /^HOLE {2}GET \/legacy\/products\/:id\/retire {2}\[foreign Origin\] /,
  )
  assert.match(lines[0] ?? '', /\(src\/leaks\.ts:\d+\)$/)
  assert.match(lines.at(-1) ?? '', /^attack: \d+ requests, 1 hole$/)
  const whole = await run('--brief', '--only', '/health')
  assert.equal(whole.code, 0, whole.err)
  assert.match(whole.out, /^attack: \d+ requests, 0 holes$/)
  const none = await run('--json', '--only', '/nowhere')
  assert.deepEqual([none.code, JSON.parse(none.out).holes], [2, []])
  assert.match(none.err, /^No route holds "\/nowhere"; see `plinth routes`\.$/)
})

test('routes that forget nothing are not blamed, and a hole names its line', async () => {
  const blamed = new Set(found.holes.map(({ route }) => route))
  for (const { route } of found.routes) {
    const isLeak = leaks.some(([, hole]) => hole.startsWith(`${route} [`))
    assert.equal(blamed.has(route), isLeak, route)
  }
  const source = (await readFile(join(leaky.folder, 'src/leaks.ts'), 'utf8')).split('\n')
  for (const { route = '', place } of found.holes) {
    assert.equal(place?.file, 'src/leaks.ts')
    const [, path = ''] = route.split(' ')
    assert.match(
      source[(place?.line ?? 0) - 1] ?? '',
      path.startsWith('/legacy') ? /mount/ : /route\(/,
    )
  }
})

test('TN-61 v5.0.0-V8.2.2 v5.0.0-V8.4.1 ids of the other tenant are refused on every route of the template, by four roles both ways', async () => {
  await using service = await writeService({})
  const report = await attack(service)
  assert.deepEqual(report.holes, [])
  assert.deepEqual(report.notes, [])
  const tried = report.routes.filter(({ verdicts }) => verdicts['ids of another tenant'] === 'held')
  for (const route of ['GET', 'PUT', 'PATCH', 'DELETE'].map(
    (method) => `${method} /api/v1/products/:id`,
  ))
    assert.ok(
      tried.some((one) => one.route === route),
      route,
    )
  assert.ok(tried.some(({ route }) => route === 'DELETE /auth/sessions/:id'))
  const held = (vector: string, route: string) =>
    assert.equal(
      report.routes.find((one) => one.route === route)?.verdicts[vector],
      'held',
      `${vector}: ${route}`,
    )
  for (const vector of ['revoked key', 'wrong scope', 'foreign token', 'expired token'])
    held(vector, 'GET /api/v1/products')
  held('read-only key', 'PUT /api/v1/products/:id')
  const demanding = report.routes.filter(
    ({ verdicts }) =>
      verdicts['step-up missing'] !== 'none' && verdicts['step-up missing'] !== undefined,
  )
  assert.ok(demanding.length > 0, 'some route demands a recent sign-in')
})

const DROPPED = `-- after: 0001_product
alter table app.products no force row level security;
alter table app.products disable row level security;
`

test('a table whose policy does not bind is found, by the catalogue and by what comes back', async () => {
  await using service = await writeService({
    'migrations/0002_open.up.sql': DROPPED,
    'migrations/0002_open.down.sql': 'select 1;',
  })
  const open = openIn(await attack(service))
  assert.ok(open.includes('the database [row-level security]'), open.join('\n'))
})

/** A guard with one line taken out, as a careless change of the library would. */
const mutations: readonly (readonly [file: string, from: string, to: string, hole: string])[] = [
  [
    'http/guard/guard.ts',
    'checkToken(deps.csrf, context, token)',
    '',
    'PATCH /api/v1/products/:id [no CSRF token]',
  ],
  [
    'http/guard/guard.ts',
    'if (fault !== undefined) {',
    'if (false) {',
    'POST /api/v1/products [foreign Origin]',
  ],
  [
    'http/guard/guard.ts',
    'if (Number(bearer) + Number(key) + Number(session) > 1)',
    'if (false)',
    'GET /api/v1/products [two credentials]',
  ],
  [
    'http/guard/guard.ts',
    'if (!decision.allowed) throw',
    'if (false) throw',
    'GET /api/v1/products [without the right]',
  ],
  [
    'http/guard/guard.ts',
    "if (!decision.allowed && decision.code === 'not_signed_in')",
    'if (false)',
    'GET /api/v1/products [nobody]',
  ],
  [
    'identity/sessions/session.ts',
    'if (nowMs >= Math.min(Date.parse(row.expires_at), Date.parse(row.absolute_expires_at)))',
    'if (false)',
    'GET /auth/me [expired session]',
  ],
  [
    'identity/api-keys/api-key.ts',
    "if (revoked_at !== null) return 'revoked'",
    '',
    'GET /api/v1/products [revoked key]',
  ],
  [
    'identity/api-keys/usable-key.ts',
    'narrow([...(row.grants ?? []), ...memberPermissions], row.scopes)',
    '[...(row.grants ?? []), ...memberPermissions]',
    'GET /api/v1/products [wrong scope]',
  ],
  [
    'access/decide.ts',
    'if (changes && principal.credential.readOnly === true) return READ_ONLY',
    '',
    'PUT /api/v1/products/:id [read-only key]',
  ],
  [
    'identity/tokens/signed-token.ts',
    "if (!(await isSignedByOne(text, keys, algorithm))) return refused('signature')",
    '',
    'GET /api/v1/products [foreign token]',
  ],
  [
    'identity/tokens/common-claims.ts',
    ' || exp <= now - leeway',
    '',
    'GET /api/v1/products [expired token]',
  ],
  [
    'http/guard/guard.ts',
    'if (facts.stepUp !== undefined) demandStepUp',
    'if (false) demandStepUp',
    'POST /api/v1/api-keys [step-up missing]',
  ],
  [
    'identity/sessions/session.ts',
    "row.revoked_at !== null || row.person_status !== 'active'",
    "row.person_status !== 'active'",
    'GET /auth/me [ended session]',
  ],
]

let whole: WrittenService
before(async () => {
  whole = await writeService({})
})
after(() => whole[Symbol.asyncDispose]())

for (const [file, from, to, hole] of mutations) {
  test(`without \`${from}\` it finds ${hole}`, async () => {
    const [route = ''] = hole.split(' [')
    const open = openIn(await mutated(file, from, to, () => attack(whole, route)))
    assert.ok(open.includes(hole), open.join('\n'))
  })
}

/** Does something while processes that are started load a module of the library with a text replaced. */
async function mutated<T>(file: string, from: string, to: string, work: () => Promise<T>) {
  const hook = `data:text/javascript,${encodeURIComponent(hookFor(file, from, to))}`
  const before = process.env['NODE_OPTIONS'] ?? ''
  process.env['NODE_OPTIONS'] = `${before} --import ${hook}`
  try {
    return await work()
  } finally {
    process.env['NODE_OPTIONS'] = before
  }
}

/** Replaces a text in one module of the library as it is loaded; fails when the text is not there. */
function hookFor(file: string, from: string, to: string): string {
  return `
    import { registerHooks } from 'node:module'
    registerHooks({
      load(url, context, next) {
        const loaded = next(url, context)
        if (!url.endsWith(${JSON.stringify(`plinth/src/${file}`)})) return loaded
        const text = String(loaded.source)
        if (!text.includes(${JSON.stringify(from)})) throw new Error('the mutation does not apply')
        return { ...loaded, source: text.replace(${JSON.stringify(from)}, ${JSON.stringify(to)}) }
      },
    })`
}

const CONFIG = `config:
  app:
    session_signing_secret: \${SESSION_SIGNING_SECRET:?set it}
    csrf_signing_secret: \${CSRF_SIGNING_SECRET:?set it}
  database:
    url: \${DATABASE_URL:?set it}
  tenancy:
    mode: none
`

test('entities of every ownership and kind are filled, attacked and found whole', async () => {
  await using service = await writeService({ 'src/main.ts': RICH_MAIN, 'src/library.ts': RICH })
  // Without migrations the tables are made from the entities.
  await rm(join(service.folder, 'migrations'), { recursive: true })
  const report = await attack(service)
  assert.deepEqual([report.holes, report.notes], [[], []])
  const verdictsOf = (route: string) => report.routes.find((one) => one.route === route)?.verdicts
  for (const name of ['books', 'notes', 'shelves'])
    assert.equal(verdictsOf(`GET /api/v1/${name}/:id`)?.['ids of another tenant'], 'held', name)
  assert.equal(verdictsOf('POST /api/v1/books/bulk')?.['forbidden fields'], 'held')
  for (const route of ['GET /api/v1/notes', 'GET /api/v1/notes/:id', 'DELETE /api/v1/notes/:id'])
    assert.equal(verdictsOf(route)?.['another person'], 'held', route)
  assert.equal(verdictsOf('GET /api/v1/books/:id')?.['another person'], 'none')
  for (const route of ['POST /api/v1/books', 'PUT /api/v1/books/:id', 'PATCH /api/v1/notes/:id'])
    assert.equal(verdictsOf(route)?.['references across tenants'], 'held', route)
  assert.equal(verdictsOf('GET /api/v1/languages/:id')?.['ids of another tenant'], 'none')
  for (const route of REFERRING)
    for (const vector of ['references to another person', 'references across tenants'])
      assert.equal(verdictsOf(route)?.[vector], 'held', `${vector}: ${route}`)
  const unguarded = openIn(
    await mutated(
      'entities/visible-rows.ts',
      '? undefined : (principal?.person ?? NIL_ID)',
      '? undefined : undefined',
      () => attack(service, '/api/v1/remarks'),
    ),
  )
  assert.deepEqual(
    unguarded,
    REFERRING.map((route) => `${route} [references to another person]`),
  )
})

/** Where a row of nobody in particular refers to a row of a person. */
const REFERRING = [
  'POST /api/v1/remarks',
  'POST /api/v1/remarks/bulk',
  'PUT /api/v1/remarks/:id',
  'PATCH /api/v1/remarks/:id',
]

test('where everybody shares one tenant there is none to cross, and everything else is tried', async () => {
  await using service = await writeService({ 'config.yaml': CONFIG })
  const report = await attack(service)
  assert.deepEqual([report.holes, report.notes], [[], []])
  const verdicts = report.routes.find(({ route }) => route === 'GET /api/v1/products/:id')?.verdicts
  assert.deepEqual(
    [verdicts?.['another tenant'], verdicts?.['nobody'], verdicts?.['without the right']],
    ['none', 'held', 'held'],
  )
})

/** An identity of one's own that takes every token for a good one. */
const CREDULOUS = `
import { start } from 'plinth'
import { newId } from 'plinth/kernel'
import { productFeature } from './entities/product/product.ts'

const anybody = { person: newId(), name: 'Anybody', tenant: newId(), permissions: ['*'] }
await start({
  features: [productFeature],
  authenticate: ({ headers }) =>
    headers.authorization?.startsWith('Bearer ey') === true
      ? { ...anybody, credential: { kind: 'bearer', id: 'any', authenticatedAt: 0 } }
      : undefined,
})
`

test('an identity of one’s own meets strangers, and what else it lets in is said to be untried', async () => {
  await using service = await writeService({ 'src/main.ts': CREDULOUS })
  const { holes, notes } = await attack(service, 'GET /api/v1/products/:id')
  const [hole] = holes
  assert.deepEqual(
    [holes.length, hole?.vector, hole?.route, hole?.more],
    [1, 'own identity', 'GET /api/v1/products/:id', 0],
  )
  assert.match(hole?.what ?? '', /^a token without a signature: it answered \d+ and not 401$/)
  assert.match(notes.join(), /authenticate of its own.*tests of your own/)
})
