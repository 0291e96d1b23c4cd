import assert from 'node:assert/strict'
import type { Answer, Person } from '../../testing/person.ts'
import type { IdentityWorld } from '../identity.fixture.ts'
import { openIdentity, signInAtEvil } from '../identity.fixture.ts'

/** An account as the list shows it. */
export interface ListedIdentity {
  readonly id: string
  readonly provider: string
  readonly email: string | null
  readonly is_current: boolean
}

/** Somebody made by a test: their browser and what their provider says of them. */
export interface Somebody {
  readonly person: Person
  readonly claims: { readonly sub: string; readonly email: string }
}

type Started = { readonly authorization_url: string }
type Me = { readonly user: { readonly id: string } | null }

/** A world with what the tests of linking do over and over. */
export async function openLinking() {
  const world = await openIdentity()
  let made = 0
  const issued = () => {
    const now = Math.floor(world.clock.now() / 1_000)
    return { iat: now, exp: now + 300 }
  }
  const signInAs = async (person: Person, claims: Record<string, unknown>): Promise<Answer> => {
    world.evil.say.claims = { ...claims, ...issued() }
    return signInAtEvil(world, person)
  }
  const start = async (person: Person, body: object = {}) => {
    const all = { provider: 'evil', return_to: '/settings', ...body }
    return (await person.post<Started>('/auth/identities', all)).body.authorization_url
  }
  const comeBack = (person: Person, url: string, claims: Record<string, unknown>) => {
    world.evil.say.claims = { ...claims, ...issued() }
    return person.get(world.evil.callback(url))
  }
  const prove = async (person: Person, claims: Record<string, unknown>) =>
    comeBack(person, await start(person), claims)
  const accept = (person: Person, offer: string) => person.post(`/auth/identities/offers/${offer}`)
  const somebody = async (more: Record<string, unknown> = {}): Promise<Somebody> => {
    made += 1
    const claims = { sub: `one-${made}`, email: `one-${made}@example.com`, ...more }
    const person = world.person()
    assert.equal((await signInAs(person, claims)).headers.get('location'), '/')
    return { person, claims }
  }
  return {
    world,
    signInAs,
    start,
    comeBack,
    prove,
    accept,
    somebody,
    /** Somebody with two accounts, signed in with the first. */
    somebodyWithTwo: async () => {
      const one = await somebody()
      const second = { sub: `two-${made}`, email: `two-${made}@x.test` }
      const offer = offerIn(await prove(one.person, second))
      assert.equal((await accept(one.person, offer)).status, 201)
      return { ...one, second }
    },
    me: async (person: Person) => (await person.get<Me>('/auth/web/me')).body.user?.id,
    list: async (person: Person) =>
      (await person.get<{ identities: readonly ListedIdentity[] }>('/auth/identities')).body
        .identities,
    identities: () => countOf(world, 'identities'),
    /** Names of the notices about accounts that went to an address. */
    noticesTo: (address: string) =>
      world.mails
        .filter(({ to, template }) => to === address && template !== 'account.new_device')
        .map(({ template }) => template),
    audits: (action: string) =>
      world.sql<{ outcome: string; reason: string | null }>(
        'select outcome, reason from plinth.audit_events where action = $1 order by occurred_at, id',
        [action],
      ),
  }
}

async function countOf(world: IdentityWorld, table: string): Promise<number> {
  const [row] = await world.sql<{ n: number }>(`select count(*)::int as n from plinth.${table}`)
  return row?.n ?? 0
}

/** The offer that a callback leads to. */
export function offerIn({ headers }: Answer): string {
  const location = headers.get('location') ?? ''
  return /^\/account\/link\?offer=([0-9a-f-]{36})$/.exec(location)?.[1] ?? `no offer: ${location}`
}
