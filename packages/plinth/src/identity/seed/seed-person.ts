import { randomBytes } from 'node:crypto'
import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { isId, newId } from '../../kernel/index.ts'
import { putCredential, putName } from '../password/credentials.repository.ts'
import { pbkdf2Text } from '../password/pbkdf2-hash.ts'
import { emailName } from '../password/sign-in-name.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { SeedWish } from './seed-wish.ts'

/** Somebody who was found or made. */
export interface SeededPerson {
  readonly id: Id<'person'>
  readonly name: string
  readonly email: string | null
  readonly isNew: boolean
}

/** The person who is meant, or why it is nobody. */
export type FoundPerson =
  | { readonly code: 'found'; readonly person: SeededPerson }
  | { readonly code: 'person_unknown' }
  | { readonly code: 'person_disabled' }
  | { readonly code: 'several_people'; readonly people: readonly SeededPerson[] }

interface PersonRow extends Omit<SeededPerson, 'isNew'> {
  readonly status: string
}

// An address that nobody verified is only what somebody typed.
const BY_EMAIL = `
  select p.id, p.name, p.email, p.status from plinth.people p
   where p.kind = 'human' and p.status <> 'erased'
     and (p.email_verified and lower(p.email) = $1
          or p.id in (select person_id from plinth.sign_in_names where name_key = $1))
   order by p.id`
const BY_ID = `
  select id, name, email, status from plinth.people where id = $1 and kind = 'human'`

/** Finds a person by id or address; makes one for an address that nobody has. */
export async function findOrMakePerson(
  tx: PlatformTx,
  clock: Clock,
  wish: Pick<SeedWish, 'email' | 'person' | 'name'>,
): Promise<FoundPerson> {
  const address = emailName(wish.email ?? '')
  const [text, value] =
    wish.person === undefined ? [BY_EMAIL, address?.key] : [BY_ID, idOrNobody(wish.person)]
  const { rows } = await tx.query<PersonRow>(text, [value])
  const active = rows.filter(({ status }) => status === 'active')
  const [person, ...others] = active.map(({ status: _status, ...row }) => ({
    ...row,
    isNew: false,
  }))
  if (person === undefined && rows.length > 0) return { code: 'person_disabled' }
  if (person !== undefined && others.length > 0)
    return { code: 'several_people', people: [person, ...others] }
  if (person !== undefined) return { code: 'found', person }
  return address === undefined || wish.person !== undefined
    ? { code: 'person_unknown' }
    : { code: 'found', person: await make(tx, clock, { address, name: wish.name }) }
}

function idOrNobody(text: string): string | null {
  return isId(text) ? text : null
}

interface Newcomer {
  readonly address: NonNullable<ReturnType<typeof emailName>>
  readonly name: string | undefined
}

async function make(
  tx: PlatformTx,
  clock: Clock,
  { address, name: wanted }: Newcomer,
): Promise<SeededPerson> {
  const id = newId<'person'>(clock)
  const name = wanted ?? address.name
  await tx.query(
    'insert into plinth.people (id, name, email, email_verified) values ($1, $2, $3, true)',
    [id, name, address.name],
  )
  await putName(tx, id, address)
  await putCredential(tx, {
    person: id,
    hash: nobodys(),
    now: isoTime(clock.now()),
    mustChange: true,
  })
  return { id, name, email: address.name, isNew: true }
}

/** The hash of a password that nobody knows: with it there is one to ask a new one in place of. */
function nobodys(): string {
  const [salt, output] = [randomBytes(16), randomBytes(32)]
  const text = pbkdf2Text({ digest: 'sha256', iterations: 100_000, salt, output })
  if (text === undefined) throw new TypeError('a hash of 32 bytes is none')
  return text
}
