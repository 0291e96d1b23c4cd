import { Client } from 'pg'
import type { GivenValues } from '../../config/index.ts'
import type { EvilProvider, RefusalOracle } from '../../testing/evil-provider/index.ts'
import {
  newSigningKey,
  openRefusalOracle,
  startEvilProvider,
} from '../../testing/evil-provider/index.ts'
import type { Person } from '../../testing/person.ts'
import { createTestClock } from '../../testing/test-clock.ts'
import type { World } from '../../testing/world.ts'
import { startWorld } from '../../testing/world.ts'

/** The whole service between two providers that may say anything, and the oracle over it. */
export interface RelyingParty extends AsyncDisposable {
  readonly world: World
  /** The default provider; signs with RS256. */
  readonly evil: EvilProvider
  /** Another one; signs with ES256. */
  readonly other: EvilProvider
  readonly oracle: RefusalOracle
  /** Runs SQL past row-level security. */
  sql<R extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<R[]>
  /** Both providers are honest and have forgotten everything. */
  calm(): void
}

/** Opens one; all of what it logs is kept, also each request and the level `debug`. */
export async function openRelyingParty(settings: GivenValues = {}): Promise<RelyingParty> {
  const clock = createTestClock()
  const [evil, other] = await Promise.all([
    startEvilProvider({ clock }),
    startEvilProvider({ name: 'other', clock, key: newSigningKey('ES256') }),
  ])
  const loud = {
    'logging.level': 'debug',
    'http.log_requests': 'all',
    // Who tries a provider that does not answer says less.
    'outbound.timeout_ms': 30_000,
    // A busy machine is no reason to turn one of many away that come at once.
    'database.connect_timeout_ms': 60_000,
  }
  const world = await startWorld({
    features: [],
    providers: [evil, other],
    clock,
    settings: { ...loud, ...settings },
  })
  const { adminUrl } = world.testDatabase
  const oracle = await openRefusalOracle({ ...world, adminUrl })
  const admin = new Client(adminUrl)
  await admin.connect()
  return {
    world,
    evil,
    other,
    oracle,
    sql: async (text, values = []) => (await admin.query(text, values)).rows,
    calm() {
      evil.reset()
      other.reset()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([admin.end(), oracle[Symbol.asyncDispose]()])
      await world[Symbol.asyncDispose]()
      await Promise.all([evil[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
    },
  }
}

/** What `GET /auth/web/me` says of somebody. */
export interface Me {
  readonly authenticated: boolean
  readonly user: {
    readonly id: string
    readonly email: string | null
    readonly name: string
  } | null
}

/** Who a browser is signed in as. */
export async function meOf(person: Person): Promise<Me> {
  return (await person.get<Me>('/auth/web/me')).body
}

/** A callback's path with one field of its query set, or left out for `undefined`. */
export function withField(path: string, name: string, value: string | undefined): string {
  const url = new URL(path, 'http://service')
  if (value === undefined) url.searchParams.delete(name)
  else url.searchParams.set(name, value)
  return `${url.pathname}${url.search}`
}
