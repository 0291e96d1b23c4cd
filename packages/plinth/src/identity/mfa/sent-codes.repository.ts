import type { KeyObject } from 'node:crypto'
import type { PlatformTx } from '../../data/index.ts'
import { consume } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { hashToken, mac, newId } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'

/** What a sent code is for: it is worth nothing in another place (MF-20, ASVS 6.6.2). */
export type CodeScope =
  /** A sign-in that waits for a factor. */
  | { readonly challenge: string }
  /** A session whose person confirms that it is them. */
  | { readonly session: string }
  /** A method that waits for its first code. */
  | { readonly pending: string }

/** Where a code belongs. */
export interface CodePlace {
  readonly method: string
  readonly scope: CodeScope
  /** The address that it went to: it must still be the same when the code comes back. */
  readonly address: string
}

/** Keeps a code that is about to be sent; the one before it in the same place is void. */
export async function keepCode(
  tx: PlatformTx,
  key: KeyObject,
  code: CodePlace & { readonly digits: string; readonly clock: Clock; readonly seconds: number },
): Promise<{ readonly expiresAt: string }> {
  const { method, scope, clock } = code
  const now = clock.now()
  const expiresAt = isoTime(now + code.seconds * 1_000)
  await tx.batch([
    {
      text: 'delete from plinth.mfa_codes where method_id = $1 and scope_hash = $2',
      values: [method, scopeHash(scope)],
    },
    {
      text: `insert into plinth.mfa_codes
               (id, method_id, scope_hash, code_hash, created_at, expires_at)
             values ($1, $2, $3, $4, $5, $6)`,
      values: [
        newId<'mfa-code'>(clock),
        method,
        scopeHash(scope),
        codeHash(key, code),
        isoTime(now),
        expiresAt,
      ],
    },
  ])
  return { expiresAt }
}

/** Uses a sent code up, in its place and in time: of any number at once one succeeds. */
export async function useSentCode(
  tx: PlatformTx,
  key: KeyObject,
  code: CodePlace & { readonly digits: string; readonly now: string },
): Promise<boolean> {
  const { method, scope, now } = code
  const place = {
    method_id: method,
    scope_hash: scopeHash(scope),
    code_hash: codeHash(key, code),
  }
  return (
    (await consume<{ id: Id<'mfa-code'> }, 'mfa_codes'>(tx, 'mfa_codes', place, now)) !== undefined
  )
}

function scopeHash(scope: CodeScope): Buffer {
  const [[kind, id] = ['', '']] = Object.entries(scope)
  return hashToken('mfa-code', `${kind} ${id}`)
}

/** Keyed, because six digits are found from a plain hash in no time. */
function codeHash(
  key: KeyObject,
  { method, scope, address, digits }: CodePlace & { readonly digits: string },
): Buffer {
  const parts = [method, scopeHash(scope).toString('base64url'), address.toLowerCase(), digits]
  return Buffer.from(mac(key, ...parts), 'base64url')
}
