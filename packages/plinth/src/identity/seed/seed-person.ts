import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { isId } from '../../kernel/index.ts'
import type { SignInName } from '../password/sign-in-name.ts'
import { emailName } from '../password/sign-in-name.ts'
import { makePerson } from '../people/make-person.ts'
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
  readonly address: SignInName
  readonly name: string | undefined
}

async function make(
  tx: PlatformTx,
  clock: Clock,
  { address, name: wanted }: Newcomer,
): Promise<SeededPerson> {
  const name = wanted ?? address.name
  const id = await makePerson(tx, clock, { address, name })
  if (id === undefined) throw new Error('somebody took this address while it was seeded; try again')
  return { id, name, email: address.name, isNew: true }
}
