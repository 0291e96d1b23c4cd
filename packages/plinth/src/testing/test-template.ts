import { createHash } from 'node:crypto'
import { Client, escapeIdentifier } from 'pg'
import {
  type DbLog,
  type LoginRoles,
  migrate,
  PLATFORM_MIGRATIONS,
  readMigrations,
  setupRoles,
} from '../data/index.ts'

/** What a test database holds besides the platform's tables. */
export interface TemplateOptions {
  /** Folder with the service's own migrations. */
  readonly migrations?: string
  /** Further SQL, run as the owner after them. */
  readonly sql?: string
}

/** Login roles that all test databases of a server share. */
export const TEST_ROLES: LoginRoles = {
  owner: 'plinth_test_owner',
  app: 'plinth_test_user',
  readonly: 'plinth_test_reader',
}

const LOCK = "hashtext('plinth.test_template')"
const silent: DbLog = { info() {}, warn() {}, error() {} }

/** URLs of a database for each role. */
export function testUrls(adminUrl: string, database: string): LoginRoles & { admin: string } {
  const urlFor = (user?: string): string => {
    const url = new URL(adminUrl)
    url.pathname = `/${database}`
    if (user !== undefined) {
      url.username = user
      url.password = testPassword(adminUrl, user)
    }
    return url.href
  }
  const { owner, app, readonly } = TEST_ROLES
  return { admin: urlFor(), owner: urlFor(owner), app: urlFor(app), readonly: urlFor(readonly) }
}

/** The same for every process that knows the server's own password. */
function testPassword(adminUrl: string, user: string): string {
  const secret = `${new URL(adminUrl).password} ${user}`
  return createHash('sha256').update(secret).digest('base64url')
}

/** A migrated database to clone, made once for each content; its name. */
export async function ensureTemplate(
  admin: Client,
  adminUrl: string,
  options: TemplateOptions,
): Promise<string> {
  const name = `plinth_template_${await contentHash(options)}`
  if (await exists(admin, name)) return name
  await admin.query(`select pg_advisory_lock(${LOCK})`)
  try {
    if (!(await exists(admin, name))) await makeTemplate(admin, adminUrl, name, options)
  } finally {
    await admin.query(`select pg_advisory_unlock(${LOCK})`)
  }
  return name
}

async function contentHash({ migrations, sql }: TemplateOptions): Promise<string> {
  const hash = createHash('sha256').update(sql ?? '')
  for (const folder of [PLATFORM_MIGRATIONS, ...(migrations === undefined ? [] : [migrations])]) {
    for (const file of await readMigrations(folder)) hash.update(`${file.name} ${file.hash}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

async function exists(admin: Client, name: string): Promise<boolean> {
  const found = await admin.query('select from pg_catalog.pg_database where datname = $1', [name])
  return found.rowCount === 1
}

/** Built under another name: a half-made one is never mistaken for a template. */
async function makeTemplate(
  admin: Client,
  adminUrl: string,
  name: string,
  { migrations, sql }: TemplateOptions,
): Promise<void> {
  const making = `${name}_making`
  await admin.query(`drop database if exists ${escapeIdentifier(making)} with (force)`)
  const urls = testUrls(adminUrl, making)
  await setupRoles({
    adminUrl,
    database: making,
    names: TEST_ROLES,
    passwords: passwords(adminUrl),
  })
  await migrate({ url: urls.owner, set: 'platform', log: silent })
  if (migrations !== undefined) {
    await migrate({ url: urls.owner, set: { folder: migrations }, log: silent })
  }
  if (sql !== undefined) await runAs(urls.owner, sql)
  await admin.query(
    `alter database ${escapeIdentifier(making)} rename to ${escapeIdentifier(name)}`,
  )
}

function passwords(adminUrl: string): LoginRoles {
  const { owner, app, readonly } = TEST_ROLES
  return {
    owner: testPassword(adminUrl, owner),
    app: testPassword(adminUrl, app),
    readonly: testPassword(adminUrl, readonly),
  }
}

async function runAs(url: string, sql: string): Promise<void> {
  const client = new Client(url)
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
