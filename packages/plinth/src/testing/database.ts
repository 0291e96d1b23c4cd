import { randomBytes } from 'node:crypto'
import { Client, escapeIdentifier } from 'pg'
import type { Database, DatabaseOptions, DatabaseSettings } from '../data/index.ts'
import { databaseSettings, openDatabase } from '../data/index.ts'
import { systemClock } from '../kernel/index.ts'
import { testServerUrl } from './test-server.ts'
import type { TemplateOptions } from './test-template.ts'
import { ensureTemplate, TEST_ROLES, testUrls } from './test-template.ts'

/** What a test may say about its database. */
export interface TestDatabaseOptions
  extends TemplateOptions,
    Partial<Omit<DatabaseOptions, 'settings'>> {
  readonly settings?: Partial<DatabaseSettings>
}

/** A database of its own for one test; gone after it. */
export interface TestDatabase extends AsyncDisposable {
  /** As the running service sees it: the app role, which row-level security binds. */
  readonly database: Database
  readonly settings: DatabaseSettings
  readonly name: string
  readonly appUrl: string
  readonly readonlyUrl: string
  readonly ownerUrl: string
  /** Superuser: for what a test arranges or checks past row-level security. */
  readonly adminUrl: string
}

/** Clones the migrated template and opens the clone as the app role. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const serverUrl = await testServerUrl()
  const name = `plinth_test_${process.pid}_${nowSeconds()}_${randomBytes(4).toString('hex')}`
  await asAdmin(serverUrl, async (admin) => {
    await sweepOnce(admin)
    const template = await ensureTemplate(admin, serverUrl, options)
    await clone(admin, template, name)
  })
  const urls = testUrls(serverUrl, name)
  const settings = databaseSettings.parse({
    url: urls.app,
    pool_size: 4,
    max_overflow: 16,
    ...options.settings,
  })
  const clock = options.clock ?? systemClock
  const database = openDatabase({ ...options, settings, clock, log: options.log ?? silent })
  return {
    database,
    settings,
    name,
    appUrl: urls.app,
    readonlyUrl: urls.readonly,
    ownerUrl: urls.owner,
    adminUrl: urls.admin,
    async [Symbol.asyncDispose]() {
      await database.close()
      await asAdmin(serverUrl, (admin) => drop(admin, name))
    },
  }
}

const silent = { info() {}, warn() {}, error() {} }

async function asAdmin<T>(url: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client(url)
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

/** Copying files beats replaying the log for databases this small, most of all in memory. */
async function clone(admin: Client, template: string, name: string): Promise<void> {
  const [copy, original, owner] = [name, template, TEST_ROLES.owner].map((text) =>
    escapeIdentifier(text),
  )
  await admin.query(
    `create database ${copy} template ${original} strategy file_copy owner ${owner}`,
  )
}

async function drop(admin: Client, name: string): Promise<void> {
  await admin.query(`drop database if exists ${escapeIdentifier(name)} with (force)`)
}

const LEFTOVER = /^plinth_test_(\d+)_(\d+)_[0-9a-f]{8}$/
const OLD_SECONDS = 3_600
let swept = false

/** Drops what runs that were killed left behind. The server may serve other machines too. */
async function sweepOnce(admin: Client): Promise<void> {
  if (swept) return
  swept = true
  const { rows } = await admin.query<{ datname: string }>(
    "select datname from pg_catalog.pg_database where datname like 'plinth\\_test\\_%'",
  )
  for (const { datname } of rows) {
    const [, , madeAt] = LEFTOVER.exec(datname) ?? []
    if (madeAt !== undefined && nowSeconds() - Number(madeAt) > OLD_SECONDS) {
      await drop(admin, datname)
    }
  }
}

function nowSeconds(): number {
  return Math.floor(systemClock.now() / 1_000)
}
