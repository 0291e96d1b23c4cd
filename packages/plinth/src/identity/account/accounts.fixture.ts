import { Client } from 'pg'
import type { GivenValues } from '../../config/index.ts'
import type { ReceivedMail, RunningMailbox } from '../../dev/index.ts'
import type { Feature } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import { newId, systemClock } from '../../kernel/index.ts'
import { openTestMailbox } from '../../testing/mailbox.ts'
import type { Person } from '../../testing/person.ts'
import type { World } from '../../testing/world.ts'
import { startWorld } from '../../testing/world.ts'
import { putCredential, putName } from '../password/credentials.repository.ts'
import { hashPassword } from '../password/password-hash.ts'
import { signInName } from '../password/sign-in-name.ts'

/** A password that nothing speaks against. */
export const GOOD = 'tr4ins leave at nine'
/** Cheap, so that tests need not wait: what a hash costs is not what they are about. */
export const CHEAP = { memoryCost: 7_168, timeCost: 1, parallelism: 1 }

/** A service with accounts and a mailbox, all over real sockets. */
export interface AccountWorld extends AsyncDisposable {
  readonly world: World
  readonly mailbox: RunningMailbox
  /** Makes a person with a password. */
  account(options?: NewAccount): Promise<TestAccount>
  /** Runs SQL past row-level security. */
  sql<R extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<R[]>
  /** Calls from an address of its own. */
  at(address: string): Person
  /** Runs the jobs and returns the mails that came, newest first. */
  mails(): Promise<readonly ReceivedMail[]>
}

/** Who is made. */
export interface NewAccount {
  readonly name?: string
  readonly email?: string
  readonly username?: string
  readonly password?: string
  /** A hash of another system in place of a password. */
  readonly hash?: string
  readonly verified?: boolean
  readonly status?: string
  readonly mustChange?: boolean
}

/** Somebody who was made. */
export interface TestAccount {
  readonly person: Id<'person'>
  readonly email: string
  readonly password: string
}

/** Opens a world; everybody comes through a proxy that says where from. */
export async function openAccounts(
  settings: GivenValues = {},
  features: readonly Feature[] = [],
): Promise<AccountWorld> {
  const mailbox = await openTestMailbox()
  const smtp = new URL(mailbox.smtpUrl)
  const world = await startWorld({
    features,
    settings: {
      'app.trusted_proxies': ['127.0.0.1'],
      'tenancy.mode': 'personal',
      'accounts.registration': 'open',
      'accounts.password.argon2_memory_kib': CHEAP.memoryCost,
      'accounts.password.argon2_passes': CHEAP.timeCost,
      'notify.smtp.host': smtp.hostname,
      'notify.smtp.port': Number(smtp.port),
      'notify.smtp.tls': 'none',
      ...settings,
    },
  })
  const admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
  return {
    world,
    mailbox,
    account: (options) => makeAccount(world, options),
    sql: async (text, values = []) => (await admin.query(text, values)).rows,
    at: (address) => from(world.visitor(), address),
    mails: async () => {
      await world.drainJobs()
      return mailbox.messages()
    },
    async [Symbol.asyncDispose]() {
      await admin.end()
      await world[Symbol.asyncDispose]()
      await mailbox[Symbol.asyncDispose]()
    },
  }
}

let shared: Promise<AccountWorld> | undefined

/** One world for all files of a process: what takes time is opening it. */
export function sharedAccounts(): Promise<AccountWorld> {
  shared ??= openAccounts()
  return shared
}

function from(person: Person, address: string): Person {
  const forwarded = { 'x-forwarded-for': address }
  return {
    ...person,
    get: (path, more) => person.get(path, { ...forwarded, ...more }),
    post: (path, body, more) => person.post(path, body, { ...forwarded, ...more }),
    put: (path, body, more) => person.put(path, body, { ...forwarded, ...more }),
    patch: (path, body, more) => person.patch(path, body, { ...forwarded, ...more }),
    delete: (path, more) => person.delete(path, { ...forwarded, ...more }),
  }
}

let made = 0

async function makeAccount(world: World, options: NewAccount = {}): Promise<TestAccount> {
  made += 1
  const { password = GOOD, email = `person${made}@example.com`, name = 'Ana Berg' } = options
  const person = newId<'person'>()
  const hash = options.hash ?? (await hashPassword(password, CHEAP))
  const [given, family] = name.split(' ')
  await world.database.platform.transaction(async (tx) => {
    await tx.query(
      `insert into plinth.people (id, name, given_name, family_name, email, email_verified, status)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [person, name, given, family, email, options.verified ?? true, options.status ?? 'active'],
    )
    const now = new Date(systemClock.now()).toISOString()
    const { mustChange = false } = options
    await putCredential(tx, { person, hash, now, mustChange })
    for (const text of [email, options.username]) {
      const named = text === undefined ? undefined : signInName(text)
      if (named !== undefined) await putName(tx, person, named)
    }
  })
  return { person, email, password }
}

/** The token of the link in a mail; empty without a mail. */
export function tokenIn(mail: ReceivedMail | undefined): string {
  return /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? ''
}
