import { Client } from 'pg'
import { z } from 'zod'
import { entity } from '../../data/index.ts'
import type { Feature } from '../../feature/index.ts'
import { feature } from '../../feature/index.ts'
import type { Person, World, WorldOptions } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { openTestMailbox } from '../../testing/mailbox.ts'

/** Further fields of people, as a service declares them. */
export const personProfile = entity(
  'person_profile',
  { department: z.string().max(40), badge: z.string().max(20).nullable() },
  { owned: 'person', unique: [['owner_id']], pii: ['badge'] },
)

/** A service with a mailbox. */
export interface PeopleWorld extends AsyncDisposable {
  readonly world: World
  /** Sends what waits, and gives the token of the newest mail to an address. */
  tokenFor(email: string): Promise<string>
  /** Text of the newest mail to an address. */
  textTo(email: string): Promise<string>
  /** How many mails an address has got. */
  mailsTo(email: string): Promise<number>
  /** Runs SQL past row-level security. */
  sql<R extends object = Record<string, unknown>>(text: string, values?: unknown[]): Promise<R[]>
  /** Signs a person in who has a verified address, without any tenant. */
  stranger(who: string): Promise<Person>
}

/** Starts a service whose people live in organisations, with the entity `person_profile`. */
export async function startPeople(options: Partial<WorldOptions> = {}): Promise<PeopleWorld> {
  const mailbox = await openTestMailbox()
  const world = await openWorld(options, mailbox.smtpUrl).catch(async (error: unknown) => {
    // Else the process would wait for a mailbox that nobody closes.
    await mailbox.stop()
    throw error
  })
  const admin = new Client({ connectionString: world.testDatabase.adminUrl })
  await admin.connect()
  const to = async (email: string) => {
    await world.drainJobs()
    return mailbox.messages().filter((mail) => mail.to.includes(email))
  }
  return {
    world,
    async tokenFor(email) {
      const text = (await to(email)).map((mail) => mail.text).find((one) => one.includes('#token='))
      const token = /#token=([\w-]{43})/.exec(text ?? '')?.[1]
      if (token === undefined) throw new Error(`no invitation was mailed to ${email}`)
      return token
    },
    textTo: async (email) => (await to(email))[0]?.text ?? '',
    mailsTo: async (email) => (await to(email)).length,
    stranger: (who) => world.signIn(who, { tenant: `home-of-${who}` }),
    sql: async <R extends object>(text: string, values: unknown[] = []) =>
      (await admin.query<R>(text, values)).rows,
    async [Symbol.asyncDispose]() {
      await admin.end()
      await world[Symbol.asyncDispose]()
      await mailbox.stop()
    },
  }
}

function openWorld(options: Partial<WorldOptions>, smtpUrl: string): Promise<World> {
  const smtp = new URL(smtpUrl)
  const profiles: Feature = feature('profiles', { entities: [personProfile] })
  return startWorld({
    ...options,
    features: [profiles, ...(options.features ?? [])],
    settings: {
      'tenancy.mode': 'organisations',
      'notify.smtp.host': smtp.hostname,
      'notify.smtp.port': Number(smtp.port),
      'notify.smtp.tls': 'none',
      ...options.settings,
    },
  })
}
