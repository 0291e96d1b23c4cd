import type { PlatformDb, PlatformTx, Queryable } from '../../../data/index.ts'
import type { Id } from '../../../kernel/index.ts'
import type { SigningAlgorithm } from './signing-algorithms.ts'

/** A signing key as it is kept. Times are ISO texts. */
export interface SigningKeyRow {
  readonly id: Id<'signing-key'>
  readonly algorithm: SigningAlgorithm
  /** The half that is published; null for a key that both signs and verifies. */
  readonly public_jwk: Readonly<Record<string, unknown>> | null
  readonly private_sealed: Buffer
  readonly created_at: string
  readonly signs_from: string
  /** Null while no successor is known. */
  readonly verifies_until: string | null
}

const COLUMNS = 'id, algorithm, public_jwk, private_sealed, created_at, signs_from, verifies_until'

/** The keys that verify at a moment, the youngest first. */
export async function readSigningKeys(
  db: Queryable,
  now: string,
): Promise<readonly SigningKeyRow[]> {
  const { rows } = await db.query<SigningKeyRow>(
    `select ${COLUMNS} from plinth.signing_keys
      where verifies_until is null or verifies_until > $1
      order by signs_from desc, id desc`,
    [now],
  )
  return rows
}

/** Lets one process at a time decide about keys, until the transaction ends. */
export async function holdSigningKeys(tx: PlatformTx): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('plinth.signing_keys', 0))")
}

/** Writes a key. Those before it verify until `othersUntil`, unless they end sooner. */
export async function insertSigningKey(
  tx: PlatformTx,
  key: SigningKeyRow,
  othersUntil: string,
): Promise<void> {
  await tx.batch([
    {
      text: `update plinth.signing_keys set verifies_until = $1
              where verifies_until is null or verifies_until > $1`,
      values: [othersUntil],
    },
    {
      text: `insert into plinth.signing_keys (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)`,
      values: [
        key.id,
        key.algorithm,
        key.public_jwk,
        key.private_sealed,
        key.created_at,
        key.signs_from,
        key.verifies_until,
      ],
    },
  ])
}

/** Removes a key: whatever it signed is refused from then on. False when there is none. */
export async function deleteSigningKey(tx: PlatformTx, id: string): Promise<boolean> {
  const { rowCount } = await tx.query('delete from plinth.signing_keys where id = $1', [id])
  return rowCount > 0
}

/** Removes the keys that verify nothing any more. */
export async function forgetSigningKeys(db: PlatformDb | PlatformTx, now: string): Promise<void> {
  await db.query('delete from plinth.signing_keys where verifies_until < $1', [now])
}
