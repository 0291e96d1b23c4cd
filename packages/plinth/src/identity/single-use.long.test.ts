import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import type { Consumable, ConsumableKey, PlatformTx } from '../data/index.ts'
import { consume } from '../data/index.ts'
import { newId } from '../kernel/index.ts'
import type { TestDatabase } from '../testing/database.ts'
import { openTestDatabase } from '../testing/database.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { takeStep } from './mfa/factors.repository.ts'
import type { OneTimePurpose } from './one-time/one-time-tokens.ts'
import { issueOneTime, redeemOneTime } from './one-time/one-time-tokens.ts'
import { noteCounter } from './passkeys/passkeys.repository.ts'

const ROUNDS = 100
const AT_ONCE = 20
const clock = createTestClock()
const now = new Date(clock.now()).toISOString()
const [person, tenant, session, method] = [newId(), newId(), newId(), newId()]

let db: TestDatabase
let admin: Client
before(async () => {
  // A connection for each that tries, so that no queue puts them in order.
  db = await openTestDatabase({ clock, settings: { pool_size: AT_ONCE, max_overflow: 0 } })
  admin = new Client(db.adminUrl)
  await admin.connect()
  await insert('people', { id: person, name: 'Ana' })
  await insert('tenants', { id: tenant, slug: 'acme', name: 'Acme', kind: 'organisation' })
  await insert('sessions', sessionRow(session, randomBytes(32)))
  await insert('mfa_methods', { id: method, person_id: person, kind: 'totp', last_step: 0 })
})
after(async () => {
  await admin.end()
  await db[Symbol.asyncDispose]()
})

async function insert(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
  const [names, values] = [Object.keys(row), Object.values(row)]
  const places = names.map((_, at) => `$${at + 1}`)
  await admin.query(`insert into plinth.${table} (${names}) values (${places})`, values)
}

const later = new Date(clock.now() + 600_000).toISOString()
const sessionRow = (id: string, id_hash: Buffer) => ({
  ...{ id, id_hash, family_id: id, person_id: person, provider: 'local' },
  ...{ fingerprint: randomBytes(32), authenticated_at: now, last_seen_at: now },
  ...{ expires_at: later, absolute_expires_at: later },
})

/** Makes a fresh one of each thing that `consume` knows, and says how it is found: one left out does not compile. */
const fresh: { readonly [C in Consumable]: (round: number) => Promise<ConsumableKey<C>> } = {
  pending_logins: async () => {
    const key = { state_hash: randomBytes(32), cookie_hash: randomBytes(32) }
    const asked = { provider: 'p', nonce: 'n', code_verifier: 'v', redirect_uri: 'r' }
    const rest = { return_to: '/', fingerprint: randomBytes(32), expires_at: later }
    await insert('pending_logins', { id: newId(), ...key, ...asked, ...rest })
    return key
  },
  link_offers: async () => {
    const key = { id: newId(), person_id: person, session_family_id: session }
    const offered = { issuer: 'i', subject: 's', provider: 'p', name: 'Ana', return_to: '/' }
    await insert('link_offers', { ...key, ...offered, expires_at: later })
    return key
  },
  one_time_tokens: async () => {
    const key = { token_hash: randomBytes(32), purpose: 'of a test' }
    await insert('one_time_tokens', { id: newId(), ...key, expires_at: later })
    return key
  },
  mfa_challenges: async () => {
    const [id, bytes] = [newId(), randomBytes(32)]
    const waiting = { token_hash: bytes, sign_in_sealed: bytes, fingerprint: bytes }
    await insert('mfa_challenges', {
      ...{ id, person_id: person, wants: 'factor', ...waiting, expires_at: later },
    })
    return { id }
  },
  mfa_codes: async () => {
    const key = { method_id: method, scope_hash: randomBytes(32), code_hash: randomBytes(32) }
    await insert('mfa_codes', { id: newId(), ...key, expires_at: later })
    return key
  },
  recovery_codes: async () => {
    const key = { person_id: person, code_hash: randomBytes(32) }
    await insert('recovery_codes', { id: newId(), ...key })
    return key
  },
  api_key_rotations: async () => {
    const id = newId()
    const owned = { tenant_id: tenant, owner_id: person, family_id: id }
    await insert('api_keys', {
      ...{ id, key_hash: randomBytes(32), prefix: 'uk_user_abcd', type: 'user', name: 'n' },
      ...owned,
    })
    return { id }
  },
  session_rotations: async () => {
    const id_hash = randomBytes(32)
    await insert('sessions', sessionRow(newId(), id_hash))
    return { id_hash }
  },
  refresh_tokens: async (round) => {
    const token_hash = randomBytes(32)
    const held = { session_id: session, generation: round, expires_at: later }
    await insert('refresh_tokens', { id: newId(), token_hash, ...held })
    return { token_hash }
  },
  client_assertions: async () => noted('client_assertions'),
  logout_tokens: async () => noted('logout_tokens'),
}

async function noted(table: 'client_assertions' | 'logout_tokens') {
  const token_hash = randomBytes(32)
  await insert(table, { token_hash, expires_at: later })
  return { token_hash }
}

/** Every purpose of a one-time token: one left out does not compile. */
const purposes: { readonly [P in OneTimePurpose]: P } = {
  registration: 'registration',
  'email-change': 'email-change',
  'password-reset': 'password-reset',
  invitation: 'invitation',
  'passkey-challenge': 'passkey-challenge',
}

/** Takes one, inside a transaction: true for whoever got it. */
type Take = (tx: PlatformTx) => Promise<boolean>

async function race(make: (round: number) => Promise<Take>): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const take = await make(round)
    const all = Array.from({ length: AT_ONCE }, () => db.database.platform.transaction(take))
    const winners = (await Promise.all(all)).filter(Boolean)
    assert.equal(winners.length, 1, `round ${round}`)
  }
}

const title = `${AT_ONCE} at once, ${ROUNDS} rounds: one winner each`

const raceFor = <C extends Consumable>(what: C) =>
  race(async (round) => {
    const key = await fresh[what](round)
    return async (tx) => (await consume<unknown, C>(tx, what, key, now)) !== undefined
  })

for (const what of Object.keys(fresh) as Consumable[]) {
  test(`rule 5 race rig: ${what}, ${title}`, () => raceFor(what))
}

for (const purpose of Object.values(purposes)) {
  test(`rule 5 race rig: a token for ${purpose}, ${title}`, () =>
    race(async () => {
      const token = await issueOneTime(db.database.platform, clock, { purpose, ttlSeconds: 60 })
      return async (tx) => (await redeemOneTime(tx, clock, { purpose, token })) !== undefined
    }))
}

test(`MF-02 MF-04 v5.0.0-V6.5.1 race rig: a step of an authenticator app, ${title}`, () =>
  race(async (step) => (tx) => takeStep(tx, method, { step, now })))

test(`MF-30 race rig: the counter of a passkey, ${title}`, async () => {
  const id = newId()
  await insert('passkeys', {
    ...{ id, person_id: person, credential_id: 'c', public_key: randomBytes(32), sign_counter: 0 },
    ...{ name: 'n', synced: false },
  })
  await race(async (counter) => (tx) => noteCounter(tx, { id, counter, now }))
})

test('what can be used once is used up by consume and by nothing else', () => {
  const sources = path.resolve(import.meta.dirname, '..')
  const used = /\bset (?:\w+ = [^,]+,\s*)*(?:consumed_at|used_at|rotated_at) = /
  const files = globSync('**/*.ts', { cwd: sources })
    .filter((file) => !/\.(test|fixture)\.ts$|^testing\/|^dev\//.test(file))
    .filter((file) => used.test(readFileSync(path.join(sources, file), 'utf8')))
  assert.deepEqual(files.toSorted(), [
    // Voids what nobody used: nothing is given for it.
    'identity/one-time/one-time-tokens.ts',
    // Notes when the successor of an id that was claimed was made.
    'identity/sessions/rotation.repository.ts',
  ])
})
