import { randomBytes } from 'node:crypto'
import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { putCredential, putName } from '../password/credentials.repository.ts'
import { pbkdf2Text } from '../password/pbkdf2-hash.ts'
import type { SignInName } from '../password/sign-in-name.ts'
import { isoTime } from '../sessions/iso-time.ts'

/** Somebody whom whoever runs the service vouches for. */
export interface NewPerson {
  readonly address: SignInName
  /** How they are called. */
  readonly name: string
}

/**
 * Makes a person with a confirmed address and a password that nobody knows: they ask for a link to
 * set one.
 * @returns undefined when somebody signs in with the address; the unique key decides
 */
export async function makePerson(
  tx: PlatformTx,
  clock: Clock,
  { address, name }: NewPerson,
): Promise<Id<'person'> | undefined> {
  const id = newId<'person'>(clock)
  await tx.query(
    'insert into plinth.people (id, name, email, email_verified) values ($1, $2, $3, true)',
    [id, name, address.name],
  )
  if (!(await putName(tx, id, address))) {
    await tx.query('delete from plinth.people where id = $1', [id])
    return undefined
  }
  await putCredential(tx, {
    person: id,
    hash: nobodys(),
    now: isoTime(clock.now()),
    mustChange: true,
  })
  return id
}

/** The hash of a password that nobody knows: with it there is one to ask a new one in place of. */
function nobodys(): string {
  const [salt, output] = [randomBytes(16), randomBytes(32)]
  const text = pbkdf2Text({ digest: 'sha256', iterations: 100_000, salt, output })
  if (text === undefined) throw new TypeError('a hash of 32 bytes is none')
  return text
}
