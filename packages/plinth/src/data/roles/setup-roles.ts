import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { parseDatabaseUrl } from '../database-url.ts'
import { tlsOptions } from '../pool/connection-config.ts'
import { databaseSteps } from './database-steps.ts'
import type { LoginRoles } from './role-names.ts'
import { loginRolesOf } from './role-names.ts'
import type { SetupRequest, SetupStep } from './setup-steps.ts'
import { serverSteps } from './setup-steps.ts'

/** What `plinth db setup` is told. */
export interface SetupOptions {
  /** URL of a superuser, or of a user that may create roles and databases. */
  readonly adminUrl: string
  /** Database to set up; the one that `adminUrl` names by default. */
  readonly database?: string
  /** Names of the login roles; after the database by default. */
  readonly names?: LoginRoles
  /** Passwords to set. Without one, a new role gets a random one and an old role keeps its own. */
  readonly passwords?: Partial<LoginRoles>
  /** Only says what would be done. */
  readonly dryRun?: boolean
}

/** What was done, and where the service finds its database. */
export interface SetupResult {
  /** SQL in order, passwords left out. Empty when everything was there already. */
  readonly statements: readonly string[]
  /** URL of each login role; without a password where the role kept one that is not known here. */
  readonly urls: LoginRoles
  readonly names: LoginRoles
  /** Roles whose password was made up now: print these once. */
  readonly generated: readonly (keyof LoginRoles)[]
}

/**
 * Makes roles, database, schemas and grants, whatever of them is missing. Running it again changes
 * nothing, unless a role has more rights than it should: then it takes them away.
 * @throws Error when the server does not answer or the user may not do this
 */
export async function setupRoles(options: SetupOptions): Promise<SetupResult> {
  const database = options.database ?? parseDatabaseUrl(options.adminUrl).database
  const names = options.names ?? loginRolesOf(database)
  const serverUrl = await reachableUrl(options.adminUrl)
  const { passwords, generated } = await passwordsFor(serverUrl, names, options)
  const request = { database, names, passwords, dryRun: options.dryRun === true }
  const onServer = await applied(serverUrl, request, serverSteps)
  const adminUrl = withDatabase(options.adminUrl, database)
  const created = onServer.some(({ creates }) => creates === 'database')
  // A database that a dry run would create cannot be looked into yet.
  const inDatabase =
    request.dryRun && created ? [] : await applied(adminUrl, request, databaseSteps)
  return {
    statements: [...onServer, ...inDatabase].map((step) => step.shown ?? step.sql),
    // A dry run sets no password, so there is none to tell.
    urls: urlsOf(adminUrl, names, request.dryRun ? {} : passwords),
    names,
    generated: request.dryRun ? [] : generated,
  }
}

async function applied(
  url: string,
  request: SetupRequest,
  stepsOf: (admin: Client, request: SetupRequest) => Promise<readonly SetupStep[]>,
): Promise<readonly SetupStep[]> {
  return asAdmin(url, async (admin) => {
    const steps = await stepsOf(admin, request)
    if (!request.dryRun) for (const { sql } of steps) await admin.query(sql)
    return steps
  })
}

/** The URL may name the database that is yet to be made; then the server's own one is the door. */
async function reachableUrl(adminUrl: string): Promise<string> {
  try {
    await asAdmin(adminUrl, async () => undefined)
    return adminUrl
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === '3D000'
    if (!missing) throw error
    return withDatabase(adminUrl, 'postgres')
  }
}

async function passwordsFor(
  serverUrl: string,
  names: LoginRoles,
  options: SetupOptions,
): Promise<{ passwords: Partial<LoginRoles>; generated: readonly (keyof LoginRoles)[] }> {
  const known = await asAdmin(serverUrl, (admin) => knownRoles(admin, names))
  const passwords: { -readonly [K in keyof LoginRoles]?: string } = { ...options.passwords }
  const generated: (keyof LoginRoles)[] = []
  for (const kind of ['owner', 'app', 'readonly'] as const) {
    if (passwords[kind] !== undefined || known.has(names[kind])) continue
    passwords[kind] = randomBytes(24).toString('base64url')
    generated.push(kind)
  }
  return { passwords, generated }
}

async function knownRoles(admin: Client, names: LoginRoles): Promise<ReadonlySet<string>> {
  const { rows } = await admin.query<{ rolname: string }>(
    'select rolname from pg_catalog.pg_roles where rolname = any($1)',
    [Object.values(names)],
  )
  return new Set(rows.map(({ rolname }) => rolname))
}

async function asAdmin<T>(url: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const address = parseDatabaseUrl(url)
  const ssl = tlsOptions({ mode: 'auto' }, address)
  const admin = new Client({ ...address.client, ssl, connectionTimeoutMillis: 10_000 })
  admin.on('error', () => undefined)
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(database)}`
  return changed.href
}

function urlsOf(adminUrl: string, names: LoginRoles, passwords: Partial<LoginRoles>): LoginRoles {
  const urlOf = (kind: keyof LoginRoles): string => {
    const url = new URL(adminUrl)
    url.username = encodeURIComponent(names[kind])
    url.password = encodeURIComponent(passwords[kind] ?? '')
    return url.href
  }
  return { owner: urlOf('owner'), app: urlOf('app'), readonly: urlOf('readonly') }
}
