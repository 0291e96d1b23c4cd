import assert from 'node:assert/strict'
import type { Asked, AskedForNew, Authenticator } from '../../testing/authenticator.ts'
import { createAuthenticator } from '../../testing/authenticator.ts'
import type { Answer, Person } from '../../testing/person.ts'
import type { IdentityWorldOptions } from '../identity.fixture.ts'
import { ORIGIN, openIdentity, signInAtEvil } from '../identity.fixture.ts'

/** A passkey as the list shows it. */
export interface ListedPasskey {
  readonly id: string
  readonly name: string
  readonly synced: boolean
  readonly created_at: string
  readonly last_used_at: string | null
}

/** Somebody with a browser, a device, and what their provider calls them. */
export interface Owner {
  readonly person: Person
  readonly device: Authenticator
  readonly email: string
}

/** A world with what the tests of passkeys do over and over. */
export async function openPasskeys(options: IdentityWorldOptions = {}) {
  const world = await openIdentity(options)
  let made = 0
  const signInAtProvider = (person: Person, email: string): Promise<Answer> => {
    const seconds = Math.floor(world.clock.now() / 1_000)
    world.evil.say.claims = { sub: email, email, iat: seconds, exp: seconds + 300 }
    return signInAtEvil(world, person)
  }
  const somebody = async (synced = false): Promise<Owner> => {
    made += 1
    const email = `owner-${made}@example.com`
    const person = world.person()
    assert.equal((await signInAtProvider(person, email)).status, 302)
    const device = createAuthenticator({ origin: ORIGIN, counts: !synced, synced })
    return { person, device, email }
  }
  const askForNew = async (person: Person) =>
    (await person.post<AskedForNew>('/auth/passkeys/registration/options')).body
  const ask = async (person: Person) =>
    (await person.post<Asked>('/auth/passkeys/authentication/options')).body
  const add = async ({ person, device }: Owner, name = 'My phone'): Promise<ListedPasskey> => {
    const response = device.create(await askForNew(person))
    const added = await person.post<ListedPasskey>('/auth/passkeys/registration/verify', {
      response,
      name,
    })
    assert.equal(added.status, 201, JSON.stringify(added.body))
    const { id, name: called, synced, created_at, last_used_at } = added.body
    return { id, name: called, synced, created_at, last_used_at }
  }
  return {
    world,
    somebody,
    signInAtProvider,
    askForNew,
    ask,
    add,
    /** Somebody who has a passkey already. */
    owner: async (synced = false): Promise<Owner & { readonly passkey: ListedPasskey }> => {
      const one = await somebody(synced)
      return { ...one, passkey: await add(one) }
    },
    /** A fresh browser that answers with a device. */
    signIn: async (device: Authenticator, browser = world.person()): Promise<Answer> => {
      const response = device.get(await ask(browser))
      return browser.post('/auth/passkeys/authentication/verify', { response })
    },
    list: async (person: Person) =>
      (await person.get<{ passkeys: readonly ListedPasskey[] }>('/auth/passkeys')).body.passkeys,
    me: async (person: Person) =>
      (await person.get<{ user: { email: string } | null }>('/auth/web/me')).body.user?.email,
    audits: (action: string) =>
      world.sql<{ outcome: string; reason: string | null; data: { fault?: string } }>(
        'select outcome, reason, data from plinth.audit_events where action = $1 order by occurred_at, id',
        [action],
      ),
    noticesTo: (address: string) =>
      world.mails
        .filter(({ to, template }) => to === address && template !== 'account.new_device')
        .map(({ template }) => template),
  }
}
