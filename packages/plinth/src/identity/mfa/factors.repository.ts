import type { PlatformTx, Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** How a code comes to a person. */
export type MethodKind = 'totp' | 'email' | 'sms'

/** What a person could be asked for. */
export interface FactorCount {
  /** Kinds of their confirmed methods. */
  readonly methods: readonly MethodKind[]
  readonly passkeys: number
  readonly recovery_codes: number
}

// The address of an e-mail method must still be theirs: codes go to no mailbox that they gave up, and
// a provider that brings another address does not move a factor there (MF-20).
const USABLE = `m.kind <> 'email' or exists (
  select from plinth.people p
   where p.id = m.person_id and p.email_verified and lower(p.email) = lower(m.address))`

/** Counts the factors of a person. An e-mail method whose address is theirs no more counts as one. */
export async function countFactors(db: Queryable, person: Id<'person'>): Promise<FactorCount> {
  const { rows } = await db.query<FactorCount>(
    `select array(select m.kind from plinth.mfa_methods m
                   where m.person_id = $1 and m.confirmed_at is not null
                   order by array_position(array['totp', 'sms', 'email'], m.kind)) as methods,
            (select count(*)::int from plinth.passkeys where person_id = $1) as passkeys,
            (select count(*)::int from plinth.recovery_codes
              where person_id = $1 and used_at is null) as recovery_codes`,
    [person],
  )
  return rows[0] ?? { methods: [], passkeys: 0, recovery_codes: 0 }
}

/** Whether a person has a second factor; recovery codes stand in for one, and are none. */
export async function hasFactor(db: Queryable, person: Id<'person'>): Promise<boolean> {
  const { methods, passkeys } = await countFactors(db, person)
  return methods.length + passkeys > 0
}

/** A method that codes are held against. */
export interface ActiveMethod {
  readonly id: Id<'mfa-method'>
  readonly kind: MethodKind
  readonly address: string | null
  readonly secret_sealed: Buffer | null
  readonly key_id: string | null
}

/** The methods of a person that can be used now. */
export async function usableMethods(
  db: Queryable,
  person: Id<'person'>,
): Promise<readonly ActiveMethod[]> {
  const { rows } = await db.query<ActiveMethod>(
    `select m.id, m.kind, m.address, m.secret_sealed, m.key_id from plinth.mfa_methods m
      where m.person_id = $1 and m.confirmed_at is not null and (${USABLE})
      order by array_position(array['totp', 'sms', 'email'], m.kind)`,
    [person],
  )
  return rows
}

/** A method as its person sees it. */
export interface ShownMethod {
  readonly id: Id<'mfa-method'>
  readonly kind: MethodKind
  readonly label: string | null
  readonly address: string | null
  readonly created_at: string
  readonly last_used_at: string | null
}

/** The confirmed methods of a person, the oldest first. */
export async function shownMethods(
  db: Queryable,
  person: Id<'person'>,
): Promise<readonly ShownMethod[]> {
  const { rows } = await db.query<ShownMethod>(
    `select id, kind, label, address, confirmed_at as created_at, last_used_at
       from plinth.mfa_methods where person_id = $1 and confirmed_at is not null
      order by confirmed_at, id`,
    [person],
  )
  return rows
}

/**
 * Takes a step of an authenticator app, once and in order: one conditional statement, so that of any
 * number of requests with one code exactly one gets it, in every process (MF-01, MF-02, MF-04, MF-06).
 */
export async function takeStep(
  tx: PlatformTx,
  method: string,
  { step, now }: { readonly step: number; readonly now: string },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update plinth.mfa_methods set last_step = $2, last_used_at = $3
      where id = $1 and (last_step is null or last_step < $2)`,
    [method, step, now],
  )
  return rowCount > 0
}

/** Notes that a method was used. */
export async function noteUse(tx: PlatformTx, method: string, now: string): Promise<void> {
  await tx.query('update plinth.mfa_methods set last_used_at = $2 where id = $1', [method, now])
}

/** Puts a secret under the newest key. */
export async function resealSecret(
  tx: PlatformTx,
  method: string,
  kept: { readonly sealed: Buffer; readonly keyId: string },
): Promise<void> {
  await tx.query('update plinth.mfa_methods set secret_sealed = $2, key_id = $3 where id = $1', [
    method,
    kept.sealed,
    kept.keyId,
  ])
}

/** Holds a person until the transaction ends: two changes of their factors follow each other. */
export async function holdPerson(tx: PlatformTx, person: Id<'person'>): Promise<void> {
  await tx.query('select from plinth.people where id = $1 for update', [person])
}

/**
 * Removes all factors of a person: methods, passkeys, recovery codes, remembered browsers and sign-ins
 * that wait. Undefined when there is no such person.
 */
export async function deleteFactors(
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<{ readonly methods: number; readonly passkeys: number } | undefined> {
  const values = [person]
  const [held, methods, passkeys] = await tx.batch([
    { text: 'select from plinth.people where id = $1 for update', values },
    { text: 'delete from plinth.mfa_methods where person_id = $1', values },
    { text: 'delete from plinth.passkeys where person_id = $1', values },
    { text: 'delete from plinth.recovery_codes where person_id = $1', values },
    { text: 'delete from plinth.remembered_devices where person_id = $1', values },
    { text: 'delete from plinth.mfa_challenges where person_id = $1', values },
  ])
  if (held?.rowCount !== 1) return undefined
  return { methods: methods?.rowCount ?? 0, passkeys: passkeys?.rowCount ?? 0 }
}
