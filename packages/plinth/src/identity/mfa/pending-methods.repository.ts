import type { PlatformTx, Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { ActiveMethod, MethodKind } from './factors.repository.ts'

/** Where a method is set up: in a session, or in a sign-in that waits for it. */
export interface SetUpPlace {
  readonly person: Id<'person'>
  /** The waiting sign-in; null in a session. */
  readonly challenge: string | null
}

/** A method that waits for its first code. */
export interface PendingMethod {
  readonly id: Id<'mfa-method'>
  readonly kind: MethodKind
  readonly label: string | null
  readonly address: string | null
  readonly sealed: Buffer | null
  readonly keyId: string | null
  readonly now: string
  readonly expiresAt: string
}

/** Keeps a pending method; an older one of its kind is void, wherever it was begun (MF-16). */
export async function insertPending(
  tx: PlatformTx,
  { person, challenge }: SetUpPlace,
  method: PendingMethod,
): Promise<void> {
  await tx.batch([
    {
      text: `delete from plinth.mfa_methods
              where person_id = $1 and kind = $2 and confirmed_at is null`,
      values: [person, method.kind],
    },
    {
      text: `insert into plinth.mfa_methods
               (id, person_id, kind, label, address, secret_sealed, key_id, challenge_id,
                created_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      values: [
        method.id,
        person,
        method.kind,
        method.label,
        method.address,
        method.sealed,
        method.keyId,
        challenge,
        method.now,
        method.expiresAt,
      ],
    },
  ])
}

/** A pending method where it was set up; a stranger's, one of another place and a late one are none. */
export async function findPending(
  db: Queryable,
  { person, challenge }: SetUpPlace,
  { method, now }: { readonly method: string; readonly now: string },
): Promise<ActiveMethod | undefined> {
  const { rows } = await db.query<ActiveMethod>(
    `select id, kind, address, secret_sealed, key_id from plinth.mfa_methods
      where id = $1 and person_id = $2 and challenge_id is not distinct from $3
        and confirmed_at is null and expires_at > $4`,
    [method, person, challenge, now],
  )
  return rows[0]
}

/** Makes a pending method count. False when the person has one of its kind. */
export async function activate(tx: PlatformTx, method: string, now: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update plinth.mfa_methods m set confirmed_at = $2, expires_at = null, challenge_id = null
      where id = $1 and confirmed_at is null
        and not exists (select from plinth.mfa_methods o
                         where o.person_id = m.person_id and o.kind = m.kind
                           and o.confirmed_at is not null)`,
    [method, now],
  )
  return rowCount > 0
}

/** Removes a confirmed method of a person; answers what it was. */
export async function deleteMethod(
  tx: PlatformTx,
  person: Id<'person'>,
  method: string,
): Promise<{ readonly kind: MethodKind } | undefined> {
  const { rows } = await tx.query<{ kind: MethodKind }>(
    `delete from plinth.mfa_methods
      where id = $1 and person_id = $2 and confirmed_at is not null returning kind`,
    [method, person],
  )
  return rows[0]
}
