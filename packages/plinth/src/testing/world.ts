import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Service, ServiceOptions } from '../compose/index.ts'
import { buildService } from '../compose/index.ts'
import type { GivenValues } from '../config/index.ts'
import type { Database } from '../data/index.ts'
import { migrationForAll } from '../data/index.ts'
import type { Feature } from '../feature/index.ts'
import { drainJobs } from '../jobs/index.ts'
import { newToken } from '../kernel/index.ts'
import type { TestDatabase } from './database.ts'
import { openTestDatabase } from './database.ts'
import type { EvilProvider } from './evil-provider/index.ts'
import type { Person } from './person.ts'
import { createPerson } from './person.ts'
import { roomyLimits } from './roomy-limits.ts'
import type { SignInOptions } from './sign-in.ts'
import { createSignIn } from './sign-in.ts'
import type { TestClock } from './test-clock.ts'
import { createTestClock } from './test-clock.ts'
import { handOnLogLine } from './test-log.ts'

/** What a test says about its world. With `authenticate`, `signIn` is of no use. */
export interface WorldOptions
  extends Pick<
    ServiceOptions,
    'authenticate' | 'hooks' | 'replace' | 'tenantSettings' | 'onStatements'
  > {
  readonly features: readonly Feature[]
  /** Settings by dotted key: `{ 'app.session_max_age': 120 }`. */
  readonly settings?: GivenValues
  /** Providers that people sign in through, made by `startEvilProvider()`; the first is the default one. */
  readonly providers?: readonly EvilProvider[]
  /** A clock that others share, such as those providers; one of its own by default. */
  readonly clock?: TestClock
  /** Folder of the service's migrations; `migrations` of the current folder where that exists, else the tables are made from the entities. */
  readonly migrations?: string
  /** Port on the loopback interface; a free one by default. A browser needs the one in `app.base_url`. */
  readonly port?: number
}

/** A running service with a database of its own, and people in it. */
export interface World extends AsyncDisposable {
  /** Address on the wire. */
  readonly url: string
  readonly service: Service
  /** The app role, bound by row-level security as in production. */
  readonly database: Database
  readonly testDatabase: TestDatabase
  readonly clock: TestClock
  /** Everything that was logged, a line each. */
  readonly logged: readonly string[]
  /** Somebody with a session in a tenant, made through the same `mintSession` as every other. */
  signIn(who: string, options?: SignInOptions): Promise<Person>
  /** Somebody without a session. */
  visitor(): Person
  /** Runs all jobs that are due; returns how many ran. */
  drainJobs(): Promise<number>
}

/**
 * Starts a service on a socket of its own over a fresh database: `await using world = await startWorld({ features })`.
 * Every guard is on, as in production. `signIn` makes sessions without a provider; with `providers`
 * people sign in through one, honest or not: `await evil.signIn(world.visitor())`.
 */
export async function startWorld(options: WorldOptions): Promise<World> {
  // What was opened before a fault goes with it: a test that cannot start must not keep its process open.
  await using opening = new AsyncDisposableStack()
  const testDatabase = opening.use(await openTestDatabase(tablesOf(options)))
  const { clock = createTestClock() } = options
  const logged: string[] = []
  const service = await buildService({
    features: options.features,
    ...(options.authenticate && { authenticate: options.authenticate }),
    ...(options.replace && { replace: options.replace }),
    ...(options.tenantSettings && { tenantSettings: options.tenantSettings }),
    ...(options.hooks && { hooks: options.hooks }),
    ...(options.onStatements && { onStatements: options.onStatements }),
    clock,
    file: null,
    env: {},
    values: {
      ...BASE,
      ...secrets(),
      ...signInThrough(options.providers ?? []),
      'database.url': testDatabase.appUrl,
      ...options.settings,
    },
    logTo: {
      write: (line) => {
        logged.push(line)
        handOnLogLine(line)
      },
    },
  })
  opening.defer(() => service.app.close())
  await service.openResources()
  await service.app.listen({ port: options.port ?? 0, host: '127.0.0.1' })
  const { port } = service.app.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const visitor = () => createPerson({ url, origin: service.config.app.base_url })
  const opened = opening.move()
  return {
    url,
    service,
    database: service.database,
    testDatabase,
    clock,
    logged,
    visitor,
    signIn: createSignIn({ service, visitor }),
    drainJobs: () => drainJobs({ ...service, settings: service.config.jobs }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

const BASE: GivenValues = {
  'app.environment': 'test',
  'app.base_url': 'http://localhost:8000',
  'logging.file': null,
  'database.pool_size': 4,
  ...roomyLimits,
}

/** Fresh for every world: a value from one test opens nothing in another. */
function secrets(): GivenValues {
  return { 'app.session_signing_secret': newToken(), 'app.csrf_signing_secret': newToken() }
}

function signInThrough(providers: readonly EvilProvider[]): GivenValues {
  const blocks = providers.flatMap(({ name, settings }) =>
    Object.entries(settings).map(([key, value]) => [`oidc.providers.${name}.${key}`, value]),
  )
  const [first] = providers
  return {
    ...Object.fromEntries(blocks),
    ...(first && { 'oidc.default_provider': first.name }),
  }
}

function tablesOf({
  features,
  migrations,
}: WorldOptions): { migrations: string } | { sql: string } {
  const folder = migrations ?? join(process.cwd(), 'migrations')
  if (migrations !== undefined || existsSync(folder)) return { migrations: folder }
  const entities = features.flatMap((feature) => feature.entities ?? [])
  return { sql: migrationForAll(entities).up }
}
