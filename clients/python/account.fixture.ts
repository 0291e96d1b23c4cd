import type { PlatformDb, PlatformTx } from '../../packages/plinth/src/data/index.ts'
import { renewRecoveryCodes } from '../../packages/plinth/src/identity/mfa/recovery-codes.repository.ts'
import {
  putCredential,
  putName,
} from '../../packages/plinth/src/identity/password/credentials.repository.ts'
import { hashPassword } from '../../packages/plinth/src/identity/password/password-hash.ts'
import { signInName } from '../../packages/plinth/src/identity/password/sign-in-name.ts'
import { newId, systemClock } from '../../packages/plinth/src/kernel/index.ts'

const COST = { memoryCost: 7_168, timeCost: 1, parallelism: 1 }

/** Somebody who signs in with a password. */
export async function accountWithPassword(platform: PlatformDb) {
  const [username, password] = ['ana', 'tr4ins leave at nine']
  await platform.transaction((tx) => insertPerson(tx, { username, password, name: 'Ana Berg' }))
  return { username, password }
}

/** Somebody of whom a second factor is asked, and codes that are one. */
export async function accountWithFactor(platform: PlatformDb, password: string) {
  const username = 'ben'
  const codes = await platform.transaction(async (tx) => {
    const person = await insertPerson(tx, { username, password, name: 'Ben Berg' })
    await tx.query(
      `insert into plinth.mfa_methods (id, person_id, kind, address, confirmed_at)
       values ($1, $2, 'sms', '+4915112345678', now())`,
      [newId(), person],
    )
    return renewRecoveryCodes(tx, systemClock, person)
  })
  return { username, codes }
}

async function insertPerson(
  tx: PlatformTx,
  one: { readonly username: string; readonly password: string; readonly name: string },
) {
  const person = newId<'person'>()
  const hash = await hashPassword(one.password, COST)
  const name = signInName(one.username)
  await tx.query('insert into plinth.people (id, name) values ($1, $2)', [person, one.name])
  await putCredential(tx, { person, hash, now: new Date().toISOString() })
  if (name !== undefined) await putName(tx, person, name)
  return person
}
