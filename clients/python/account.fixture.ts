import type { PlatformDb } from '../../packages/plinth/src/data/index.ts'
import {
  putCredential,
  putName,
} from '../../packages/plinth/src/identity/password/credentials.repository.ts'
import { hashPassword } from '../../packages/plinth/src/identity/password/password-hash.ts'
import { signInName } from '../../packages/plinth/src/identity/password/sign-in-name.ts'
import { newId } from '../../packages/plinth/src/kernel/index.ts'

const COST = { memoryCost: 7_168, timeCost: 1, parallelism: 1 }

/** Somebody who signs in with a password. */
export async function accountWithPassword(platform: PlatformDb) {
  const [username, password] = ['ana', 'tr4ins leave at nine']
  const hash = await hashPassword(password, COST)
  const name = signInName(username)
  await platform.transaction(async (tx) => {
    const person = newId<'person'>()
    await tx.query("insert into plinth.people (id, name) values ($1, 'Ana Berg')", [person])
    await putCredential(tx, { person, hash, now: new Date().toISOString() })
    if (name !== undefined) await putName(tx, person, name)
  })
  return { username, password }
}
