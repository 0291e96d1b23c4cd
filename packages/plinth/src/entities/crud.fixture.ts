import pg from 'pg'
import type { Db, Statement } from '../data/index.ts'
import type { Feature } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import { callHttp } from '../testing/call-http.ts'
import type { TestDatabase } from '../testing/database.ts'
import { openTestDatabase } from '../testing/database.ts'
import type { HttpHarness } from '../testing/http-harness.ts'
import { openHttp } from '../testing/http-harness.ts'

/** What was answered. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>> & {
    readonly items: readonly Readonly<Record<string, unknown>>[]
    readonly details: readonly { readonly path: string; readonly message: string }[]
  }
}

/** How a call goes out. */
export interface CallOptions {
  readonly body?: unknown
  /** Name of a caller; `ana` unless said. */
  readonly who?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Somebody who calls. */
export interface Caller {
  readonly tenant: Id<'tenant'>
  readonly person: Id<'person'>
  readonly permissions: readonly string[]
}

/** A server over a real database, for callers that are made up. */
export interface CrudWorld extends AsyncDisposable {
  readonly http: HttpHarness
  readonly database: TestDatabase
  readonly callers: Readonly<Record<string, Caller>>
  /** Superuser. */
  readonly admin: pg.Client
  /** Statements of each batch that went out since it was last emptied. */
  readonly batches: number[]
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
}

/** Opens the server; each caller is a member of their tenant. */
export async function openCrudWorld({
  sql,
  features,
  who,
}: {
  readonly sql: string
  readonly features: readonly Feature[]
  /** Permissions by name of the caller, and their tenant if it is not the first. */
  readonly who: Readonly<
    Record<string, { readonly permissions: readonly string[]; readonly tenant?: number }>
  >
}): Promise<CrudWorld> {
  const database = await openTestDatabase({ sql })
  const admin = new pg.Client(database.adminUrl)
  await admin.connect()
  const tenants = [newId<'tenant'>(), newId<'tenant'>()] as const
  const callers = Object.fromEntries(
    Object.entries(who).map(([name, { permissions, tenant = 0 }]): [string, Caller] => [
      name,
      { permissions, tenant: tenants[tenant] ?? tenants[0], person: newId<'person'>() },
    ]),
  )
  await addMembers(admin, callers)
  const batches: number[] = []
  // `Bearer ana` is Ana in person, `Bearer ana+nightly` a program of hers.
  const callerOf = (authorization = '') => {
    const [name = '', family] = authorization.replace('Bearer ', '').split('+')
    return { caller: callers[name], ...(family !== undefined && { family }) }
  }
  const http = await openHttp(features, {
    dbFor: (tenant) => counted(database.database.forTenant(tenant), batches),
    authenticate: async ({ headers: { authorization } }) => {
      const { caller, ...program } = callerOf(authorization)
      return (
        caller && {
          ...caller,
          name: 'Ana',
          credential: { kind: 'bearer', id: 'b', authenticatedAt: 0, ...program },
        }
      )
    },
    placeInTenant: (_, { tenant, permissions }) =>
      tenant === null ? undefined : { tenant, permissions },
  })
  return {
    http,
    database,
    callers,
    admin,
    batches,
    call: (method, path, options) => call(http.url, `${method} ${path}`, options),
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]()
      await admin.end()
      await database[Symbol.asyncDispose]()
    },
  }
}

async function addMembers(
  admin: pg.Client,
  callers: Readonly<Record<string, Caller>>,
): Promise<void> {
  for (const [at, { tenant, person }] of Object.values(callers).entries()) {
    await admin.query(
      `insert into plinth.tenants (id, slug, name, kind) values ($1, $2, 'T', 'organisation')
       on conflict do nothing`,
      [tenant, `tenant-of-${at}`],
    )
    await admin.query("insert into plinth.people (id, name) values ($1, 'Ana')", [person])
    await admin.query(
      "insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, 'member')",
      [tenant, person],
    )
  }
}

/** Counts what goes to the database outside of transactions: each batch is one round trip. */
export function counted(db: Db, batches: number[]): Db {
  const counting = {
    ...db,
    query: (text: string, values?: readonly unknown[]) => {
      batches.push(1)
      return db.query(text, values)
    },
    batch: (statements: readonly Statement[]) => {
      batches.push(statements.length)
      return db.batch(statements)
    },
  }
  return counting as Db
}

async function call(url: string, target: string, options: CallOptions = {}): Promise<Answer> {
  const space = target.indexOf(' ')
  const [method, path] = [target.slice(0, space), target.slice(space + 1)]
  const { body, who = 'ana', headers = {} } = options
  const answer = await callHttp(new URL(`${url}${path}`), {
    method,
    headers: {
      authorization: `Bearer ${who}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const { status, headers: received, text } = answer
  return { status, headers: received, body: text === '' ? {} : JSON.parse(text) }
}
