import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { deriveKey, hashToken, newId, newToken, Secret, seal, unseal } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { HeldToken, NewRefreshToken, TokenSession } from './refresh-tokens.repository.ts'
import { insertFirst, insertSuccessor } from './refresh-tokens.repository.ts'

/** A refresh token that was given out, and the sign-in that it is of. */
export interface GivenToken {
  readonly refreshToken: string
  readonly session: TokenSession
}

/** How refresh tokens are made. */
export interface RefreshTokenDeps {
  readonly clock: Clock
  /** Seconds without a refresh after which the sign-in ends. */
  readonly idleSeconds: number
}

/** What the database keeps of a refresh token. */
export function hashRefreshToken(token: string): Buffer {
  return hashToken('refresh-token', token)
}

/**
 * Gives a sign-in its first refresh token; joins the transaction that minted the session.
 * @throws TypeError for a session that is not behind tokens
 */
export async function beginRefreshTokens(
  { clock, idleSeconds }: RefreshTokenDeps,
  tx: PlatformTx,
  session: Id<'session'>,
): Promise<GivenToken> {
  const refreshToken = newToken()
  const now = clock.now()
  const written = await insertFirst(tx, {
    ...newRow(clock, refreshToken),
    session,
    generation: 0,
    now: isoTime(now),
    expiresAt: isoTime(now + idleSeconds * 1_000),
  })
  if (written === undefined) throw new TypeError('refresh tokens belong to sessions of kind token')
  return { refreshToken, session: written }
}

/** Gives the holder of a token its successor. The token was used up in the same transaction. */
export async function succeedRefreshToken(
  { clock, idleSeconds }: RefreshTokenDeps,
  tx: PlatformTx,
  held: HeldToken & { readonly token: string; readonly clientAddress: string | null },
): Promise<string> {
  const successor = newToken()
  const now = clock.now()
  const end = Math.min(now + idleSeconds * 1_000, Date.parse(held.absolute_expires_at))
  const to: NewRefreshToken = {
    ...newRow(clock, successor),
    session: held.session,
    generation: held.generation + 1,
    now: isoTime(now),
    expiresAt: isoTime(end),
  }
  const sealed = seal(successorKey(held.token), successorPlace(held.id), successor)
  await insertSuccessor(tx, { from: held.id, to, sealed, clientAddress: held.clientAddress })
  return successor
}

/** The successor that a token had a moment ago, for whoever brings the token itself (D9). */
export function openSuccessor(held: HeldToken, token: string): string | undefined {
  if (held.successor_sealed === null) return undefined
  return unseal(successorKey(token), successorPlace(held.id), held.successor_sealed)
}

function newRow(clock: Clock, token: string) {
  return { id: newId<'refresh-token'>(clock), tokenHash: hashRefreshToken(token) }
}

/** Derived from the old token, of which the database has only a hash: a dump opens nothing. */
function successorKey(token: string) {
  return deriveKey(new Secret(token), 'refresh-successor')
}

function successorPlace(id: string): string {
  return `refresh token ${id} successor`
}
