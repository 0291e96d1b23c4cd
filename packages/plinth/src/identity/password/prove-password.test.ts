import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Actor } from '../../access/index.ts'
import { newId, Secret } from '../../kernel/index.ts'
import type { TestDatabase } from '../../testing/database.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { createTestClock } from '../../testing/test-clock.ts'
import { lockoutSettings } from '../attempts/attempts.settings.ts'
import { createAttempts } from '../attempts/attempts.ts'
import { putCredential, putName } from './credentials.repository.ts'
import type { Decoys } from './decoys.ts'
import type { Passwords } from './passwords.ts'
import { provePassword } from './prove-password.ts'
import { signInName } from './sign-in-name.ts'

const clock = createTestClock()
const secret = new Secret('secret-of-the-proofs-0123456789abcdef')
const attempts = createAttempts({ clock, secret, settings: lockoutSettings.parse({}) })
let db: TestDatabase
before(async () => {
  db = await openTestDatabase({ clock })
  await db.database.platform.transaction(async (tx) => {
    for (const name of ['ana', 'sso', 'off']) {
      const person = newId<'person'>()
      const status = name === 'off' ? 'disabled' : 'active'
      await tx.query('insert into plinth.people (id, name, status) values ($1, $2, $3)', [
        person,
        name,
        status,
      ])
      const named = signInName(name)
      if (named !== undefined) await putName(tx, person, named)
      const now = new Date(clock.now()).toISOString()
      if (name !== 'sso') await putCredential(tx, { person, hash: `hash of ${name}`, now })
    }
  })
})
after(async () => {
  await db[Symbol.asyncDispose]()
})

const decoys: Decoys = {
  for: async () => 'as anybody’s',
  like: (hash) => `like the ${hash}`,
}

/** Looks at nothing: says what it was asked. */
function listening() {
  const looked: (string | null | undefined)[] = []
  const passwords: Passwords = {
    hash: async () => 'unused',
    verify: async (hash, text) => {
      looked.push(hash)
      return typeof hash === 'string' && hash === `hash of ${text}`
    },
    admit: (work) => work(),
    isOutdated: () => false,
  }
  return { looked, passwords }
}

const from = (clientAddress: string): Actor => ({
  kind: 'anonymous',
  person: null,
  clientAddress,
  requestId: null,
})

async function prove(username: string, password: string, address = '198.51.100.1') {
  const { looked, passwords } = listening()
  const deps = { platform: db.database.platform, attempts, passwords, decoys }
  const proven = await provePassword(deps, {
    of: { username },
    password,
    actor: from(address),
    share: async () => undefined,
  })
  return {
    looked,
    code: proven.code,
    reason: proven.code === 'refused' ? proven.reason : undefined,
  }
}

test('MF-35 one hash is computed whoever is named, and nobody’s where there is none to look at', async () => {
  const cases = [
    ['ana', 'ana', 'hash of ana', undefined],
    ['ana', 'wrong', 'hash of ana', 'wrong_password'],
    ['nobody', 'ana', 'as anybody’s', 'unknown_name'],
    ['not\0a name', 'ana', 'as anybody’s', 'unknown_name'],
    ['sso', 'ana', 'as anybody’s', 'wrong_password'],
    ['off', 'off', 'hash of off', 'person_disabled'],
  ] as const
  for (const [name, password, hash, reason] of cases) {
    const proven = await prove(name, password)
    assert.deepEqual([proven.looked, proven.reason], [[hash], reason], name)
  }
})

test('MF-35 MF-37 while locked a hash is computed that costs as much, and not that of the account', async () => {
  const address = '203.0.113.1'
  for (const [name, decoy] of [
    ['ana', 'like the hash of ana'],
    ['nobody at all', 'as anybody’s'],
  ] as const) {
    for (let one = 0; one < 5; one += 1) await prove(name, 'wrong', address)
    const proven = await prove(name, 'ana', address)
    assert.deepEqual([proven.looked, proven.reason], [[decoy], 'locked'], name)
  }
})
