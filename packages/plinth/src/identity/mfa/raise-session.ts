import type { Actor } from '../../access/index.ts'
import { provesTwoFactors } from '../../access/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { identityProblems } from '../identity.errors.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { MintedSession } from '../sessions/mint-session.ts'
import { keepTokens, rotateWithin } from '../sessions/rotate-session.ts'
import type { Amr } from '../sessions/second-factors.ts'
import type { MfaParts } from './mfa-parts.ts'

/** The session of whoever proved something more. */
export interface RaisedSession {
  readonly session: Id<'session'>
  readonly amr: readonly Amr[]
  /** What a browser holds; undefined for a client with tokens. */
  readonly browser: { readonly token: string; readonly userAgent: string | undefined } | undefined
  readonly actor: Actor
}

/**
 * Lets a session know what its person has proved just now. A browser's gets a new id with it
 * (ASVS 7.2.4); that of a client with tokens keeps its own, which no client ever sees.
 * @throws AppError auth.invalid_session when it is over, and nothing of the transaction stays
 */
export async function raiseSession(
  parts: MfaParts,
  tx: PlatformTx,
  { session, amr, browser, actor }: RaisedSession,
): Promise<MintedSession | undefined> {
  if (browser === undefined) {
    await raiseInPlace(parts, tx, session, amr)
    return undefined
  }
  const { platform, mint } = parts
  const deps = { platform, sessions: mint, renewTokens: keepTokens }
  const rotation = await rotateWithin(deps, tx, { ...browser, actor, proved: amr })
  if (rotation?.code !== 'rotated') throw identityProblems.invalidSession()
  return rotation.session
}

async function raiseInPlace(
  { clock }: MfaParts,
  tx: PlatformTx,
  session: Id<'session'>,
  amr: readonly Amr[],
): Promise<void> {
  const { rows } = await tx.query<{ amr: Amr[]; provider: string; acr: string | null }>(
    `select amr, provider, acr from plinth.sessions
      where id = $1 and kind = 'token' and revoked_at is null for update`,
    [session],
  )
  const [held] = rows
  if (held === undefined) throw identityProblems.invalidSession()
  const all = [...new Set([...held.amr, ...amr])]
  const acr = held.provider === 'local' && provesTwoFactors(all) ? 'aal2' : held.acr
  await tx.query(
    'update plinth.sessions set amr = $2, acr = $3, authenticated_at = $4 where id = $1',
    [session, all, acr, isoTime(clock.now())],
  )
}
