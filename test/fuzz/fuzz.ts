import { callHttp } from '../../packages/plinth/src/testing/call-http.ts'
import type { Person, World } from '../../packages/plinth/src/testing/index.ts'
import { startWorld } from '../../packages/plinth/src/testing/index.ts'
import { registry } from '../../template/src/generated/registry.ts'
import type { Case } from './cases.ts'
import { casesOf } from './cases.ts'
import type { Operation } from './document.ts'
import { operationsOf } from './document.ts'
import { judgeOf } from './judge.ts'

/** How much is tried, and from which seed. */
export interface Fuzzing {
  readonly count: number
  readonly seed: number
}

/** The template's service, and what its own document says of it. */
export interface FuzzedService extends AsyncDisposable {
  readonly operations: readonly Operation[]
  /** Everything that an operation did against its document, a line each, with how to see it again. */
  tryAll(operation: Operation, fuzzing: Fuzzing): Promise<readonly string[]>
}

const MIGRATIONS = new URL('../../template/migrations', import.meta.url).pathname

/** Starts the template for fuzzing. */
export async function startFuzzing(): Promise<FuzzedService> {
  const world = await startWorld({ features: registry, migrations: MIGRATIONS })
  const document = world.service.openApi() ?? '{}'
  const known = await existingIds(world)
  return {
    operations: operationsOf(document),
    tryAll: (operation, fuzzing) => tryAll(world, operation, casesOf(operation, known, fuzzing)),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

async function existingIds(world: World): Promise<readonly string[]> {
  const ana = await world.signIn('ana')
  const { body: product } = await ana.post('/api/v1/products', {
    sku: 'FUZZ-1',
    name: 'Lamp',
    price: 1,
  })
  const { text } = { text: JSON.stringify((await ana.get('/auth/sessions')).body) }
  const ids = [
    String(product['id']),
    ...[...text.matchAll(/"id":"([^"]+)"/g)].map(([, id]) => String(id)),
  ]
  return ids.filter((id) => id !== 'undefined')
}

/** Requests one after the other, as somebody who may do everything; who lost their session signs in again. */
async function tryAll(world: World, operation: Operation, cases: readonly Case[]) {
  const judge = judgeOf(operation)
  const faults: string[] = []
  let person = await newcomer(world)
  for (const one of cases) {
    const answer = await send(world, person, one)
    const fault = judge(answer)
    if (fault !== undefined)
      faults.push(
        `${one.method} ${one.target.slice(0, 300)} ${one.body?.slice(0, 300) ?? ''}\n    ${fault}`,
      )
    const lost = answer.status === 401 || (one.method !== 'GET' && answer.status < 400)
    if (operation.signedIn && lost && !one.target.startsWith('/api/'))
      person = await newcomer(world)
  }
  return faults
}

let people = 0

interface Newcomer {
  readonly person: Person
  readonly csrf: string
}

async function newcomer(world: World): Promise<Newcomer> {
  people += 1
  const person = await world.signIn(`fuzz-${people}`)
  return { person, csrf: await person.refreshCsrf() }
}

async function send({ url, service }: World, { person, csrf }: Newcomer, one: Case) {
  const { origin } = new URL(service.config.app.base_url)
  const { status, headers, text } = await callHttp(new URL(`${url}${one.target}`), {
    method: one.method,
    headers: {
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0',
      origin,
      cookie: [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      'x-csrf-token': csrf,
      ...one.headers,
    },
    ...(one.body !== undefined && { body: one.body }),
  })
  return { status, type: headers.get('content-type') ?? '', text }
}
