// Starts the service in a folder and asks it the same things each time: `node battery.fixture.ts <service>`.
// Prints what it answered, one line for each request, with what differs from start to start named alike.
import pg from 'pg'
import { type Caller, callers } from '../../attack/caller.ts'
import { httpSender } from '../../attack/http-request.ts'
import { startServiceWorld } from '../../service-process/service-world.ts'

const NOTES = '/api/v1/notes'
const REVIEWS = '/api/v1/reviews'
const ALL = ['read', 'create', 'update', 'delete'].flatMap((what) =>
  ['note', 'review', 'product', 'category'].map((name) => `${name}:${what}`),
)

const TOKEN = '0190b1a2-0000-7000-8000-00000000000'
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const MOMENT = /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g

/** One review; `n` tells one from another. */
function review(n: number, parents: object): object {
  return {
    ...parents,
    stars: 1 + (n % 5),
    ...(n % 3 > 0 && { text: `Some words ${n % 2 === 0 ? 'even' : 'odd'} ${n}` }),
    weight: `${n}.50`,
    seen: `1999-01-0${n}`,
    at: `1999-02-0${n}T10:00:00.000Z`,
    token: `${TOKEN}${n}`,
    tags: [`tag ${n}`],
    meta: { n },
    big: `${n}00000000000`,
    ratio: n / 10,
    done: n % 2 === 0,
    price: n * 100,
    kind: n % 2 === 0 ? 'a' : 'b',
  }
}

const LISTS = [
  ...['', '?limit=2', '?limit=2&offset=2', '?limit=0', '?limit=101', '?limit=x', '?offset=10001'],
  ...['?count=exact', '?count=yes', '?cursor=made-up', '?nonsense=1', '?fields=id,stars'],
  ...['?fields=id,nothing', '?expand=category', '?expand=category,product&fields=id'],
  ...['?expand=nothing', '?expand=category.parent', '?deleted=with', '?deleted=only', '?deleted=x'],
  ...['?search=words', '?search=odd', '?search=', '?search=nowhere&sort=-created_at'],
  ...['?stars=3', '?stars=in:1,3,5', '?stars[gte]=2&stars[lt]=4', '?stars[ne]=3', '?stars=x'],
  ...['?seen[lte]=1999-01-03', '?seen=yesterday', '?at[gt]=1999-02-03T00:00:00Z', '?at[gt]=now'],
  ...[`?token=${TOKEN}3`, '?token=3', '?big[gte]=300000000000', '?big=1.5', '?ratio[lt]=0.35'],
  ...['?done=true', '?done=yes', '?price[gt]=200&price[lte]=400', '?kind=in:a,b', '?kind=c'],
  ...[
    '?text[null]=true',
    '?weight=1.50',
    '?tags=x',
    '?stars[like]=1',
    '?created_at[gte]=2001-01-01T00:00:00Z',
  ],
  ...['?sort=-created_at', '?sort=stars', '?sort=created_at,-stars', '?sort=nothing', '?sort=-id'],
  ...['?sort=-token&limit=3&kind=a&fields=id,kind&count=exact', '?id=in:x', '?version=1'],
]

const ONES = [
  '',
  '?fields=id',
  '?fields=x',
  '?expand=category',
  '?expand=product&fields=id',
  '?x=1',
]

type Send = ReturnType<typeof httpSender>['send']

/** Names each identifier by its first appearance, and moments and cursors by their kind. */
function alike() {
  const known = new Map<string, string>()
  const nameOf = (id: string) => {
    if (id.startsWith(TOKEN)) return id
    known.set(id, known.get(id) ?? `id-${known.size}`)
    return known.get(id) ?? id
  }
  return (text: string): string =>
    text
      .replace(UUID, nameOf)
      .replace(MOMENT, 'moment')
      .replace(/"next_cursor":"[^"]+"/, '"next_cursor":"cursor"')
      .replace(/ "(\d+)\.[\w-]{16}" /, ' "$1.beside" ')
}

function battery(send: Send, print: (line: string) => void) {
  const plain = alike()
  return async (
    method: string,
    path: string,
    { headers }: Pick<Caller, 'headers'>,
    more: { readonly body?: unknown; readonly ifMatch?: string; readonly key?: string } = {},
  ): Promise<Record<string, unknown>> => {
    const { body, ifMatch, key } = more
    const {
      status,
      headers: said,
      text,
    } = await send({
      method,
      path,
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const shown = [said['content-type'], said['etag'], said['location']].map((one) => one ?? '-')
    print(plain([method, path, JSON.stringify(more), status, ...shown, text].join(' ')))
    return text === '' ? {} : JSON.parse(text)
  }
}

type To = ReturnType<typeof battery>

interface People {
  /** May do everything. */
  readonly ana: Caller
  /** May read, and add notes. */
  readonly bob: Caller
  /** May do everything in another tenant. */
  readonly eve: Caller
  /** May do everything, with the notes of others too. */
  readonly cid: Caller
}

const NOBODY = { headers: {} }

/** Every way to write a review. @returns the addresses of one that stays and of one that was deleted */
async function writeReviews(to: To, { ana, bob }: People): Promise<readonly [string, string]> {
  const lamp = { sku: 'SKU', name: 'Lamp', price: 1 }
  const product = await to('POST', '/api/v1/products', ana, { body: lamp })
  const category = await to('POST', '/api/v1/categories', ana, { body: { name: 'Lamps' } })
  const parents = { product_id: product['id'], category_id: category['id'] }
  const made: string[] = []
  for (const n of [1, 2, 3, 4, 5]) {
    const { id } = await to('POST', REVIEWS, ana, { body: review(n, parents) })
    made.push(`${REVIEWS}/${id}`)
  }
  const [first = '', second = ''] = made
  for (const who of [bob, NOBODY]) await to('POST', REVIEWS, who, { body: review(1, parents) })
  const wrong = { ...parents, category_id: product['id'] }
  const bodies = [{ ...review(1, parents), stars: 9, made_up: 1 }, review(1, wrong), {}]
  for (const body of bodies) await to('POST', REVIEWS, ana, { body })
  for (const n of [6, 6, 7])
    await to('POST', REVIEWS, ana, { body: review(n, parents), key: 'once' })
  const several = [review(7, parents), review(8, parents)]
  for (const items of [[...several, { stars: 1 }], []])
    await to('POST', `${REVIEWS}/bulk`, ana, { body: { items } })
  await to('POST', `${REVIEWS}/bulk`, bob, { body: { items: several } })
  for (const ifMatch of ['"7"', '"1"', '*']) await to('DELETE', second, ana, { ifMatch })
  await to('PATCH', first, ana, { body: { stars: 2 }, ifMatch: '"1"' })
  for (const ifMatch of ['"1"', 'W/"2"', '*'])
    await to('PATCH', first, ana, { body: { stars: 3 }, ifMatch })
  for (const body of [{}, { stars: 'x' }]) await to('PATCH', first, ana, { body })
  await to('PATCH', first, bob, { body: { stars: 3 } })
  for (const body of [review(5, parents), { stars: 1 }]) await to('PUT', first, ana, { body })
  await to('PUT', second, ana, { body: review(5, parents) })
  return [first, second]
}

async function readReviews(to: To, [first]: readonly string[], people: People): Promise<void> {
  const { ana, bob, eve } = people
  for (const query of LISTS)
    for (const who of [ana, bob]) await to('GET', `${REVIEWS}${query}`, who)
  for (const who of [eve, NOBODY]) await to('GET', REVIEWS, who)
  for (const query of ONES)
    for (const who of [ana, bob, eve]) await to('GET', `${first}${query}`, who)
  await to('GET', `${REVIEWS}/not-an-id`, ana)
}

async function restoreReview(to: To, [, second]: readonly string[], people: People): Promise<void> {
  const { ana, bob } = people
  await to('POST', `${second}/restore`, bob)
  for (const ifMatch of ['"9"', '*', '*']) await to('POST', `${second}/restore`, ana, { ifMatch })
}

/** Comes last: of rows that were added in one moment, no list says which is the newer. */
async function addSeveral(to: To, [first]: readonly string[], { ana }: People): Promise<void> {
  const { product_id, category_id } = await to('GET', String(first), ana)
  const items = [7, 9].map((n) => review(n, { product_id, category_id }))
  await to('POST', `${REVIEWS}/bulk`, ana, { body: { items } })
}

async function useNotes(to: To, [first]: readonly string[], people: People): Promise<void> {
  const { ana, bob, eve, cid } = people
  const { id } = await to('POST', NOTES, ana, { body: { title: 'Of Ana' } })
  const { id: bobs } = await to('POST', NOTES, bob, { body: { title: 'Of Bob' } })
  for (const who of [ana, bob, cid]) {
    const body = { title: 'About Ana’s', note_id: id }
    await to('POST', NOTES, who, { body })
    await to('POST', `${NOTES}/bulk`, who, { body: { items: [{ title: 'B' }, body] } })
    await to('PATCH', `${NOTES}/${bobs}`, who, { body })
  }
  for (const note_id of [bobs, id]) await to('PATCH', String(first), ana, { body: { note_id } })
  await to('POST', `${NOTES}/bulk`, bob, { body: { items: [{ title: 'A' }] } })
  for (const who of [ana, bob, eve, cid]) {
    for (const query of [
      '',
      '?search=of',
      '?owner_id=in:x',
      '?fields=title&limit=1',
      '?deleted=only',
    ])
      await to('GET', `${NOTES}${query}`, who)
    await to('GET', `${NOTES}/${id}`, who)
    await to('PATCH', `${NOTES}/${id}`, who, { body: { title: 'Changed' } })
  }
  for (const who of [bob, eve, cid]) await to('DELETE', `${NOTES}/${id}`, who)
}

/** What the audit log kept of it all, past row-level security. */
async function auditRows(adminUrl: string): Promise<string> {
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  const { rows } = await admin.query(
    `select action, outcome, target_type, data from plinth.audit_events
      where action ~ '^(note|review)' order by 1, 2, 3, data::text`,
  )
  await admin.end()
  return JSON.stringify(rows)
}

async function ask(service: string): Promise<void> {
  const { world } = await startServiceWorld(service)
  await using _world = world
  const { send, close } = httpSender(world.url)
  const to = battery(send, (line) => process.stdout.write(`${line}\n`))
  const signIn = callers(world)
  const reader = ['review:read', 'note:read', 'note:create']
  const people = {
    ana: await signIn({ tenant: 'acme', can: ALL }, 'ana'),
    bob: await signIn({ tenant: 'acme', can: reader }, 'bob'),
    eve: await signIn({ tenant: 'evil', can: ALL }, 'eve'),
    cid: await signIn({ tenant: 'acme', can: [...ALL, 'note:all'] }, 'cid'),
  }
  const two = await writeReviews(to, people)
  await readReviews(to, two, people)
  await restoreReview(to, two, people)
  await useNotes(to, two, people)
  await addSeveral(to, two, people)
  process.stdout.write(await auditRows(world.testDatabase.adminUrl))
  close()
}

await ask(process.argv[2] ?? '.')
