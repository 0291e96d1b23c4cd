import type { Actor } from '../../access/index.ts'
import { recordOutside } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Attempt } from '../attempts/attempt-key.ts'
import type { AccountShare, Attempts } from '../attempts/attempts.ts'
import type { SignInFault } from '../identity.events.ts'
import { authEvents } from '../identity.events.ts'
import type { Account } from './credentials.repository.ts'
import { accountNamed, accountOf } from './credentials.repository.ts'
import type { Decoys } from './decoys.ts'
import type { Passwords } from './passwords.ts'
import { signInName } from './sign-in-name.ts'

/** What looking at a password needs. */
export interface ProveDeps {
  readonly platform: PlatformDb
  readonly attempts: Attempts
  readonly passwords: Passwords
  readonly decoys: Decoys
}

/** A password, and whose it is said to be. */
export interface Claim {
  /** A name as it was typed, or a person who is known already. */
  readonly of: { readonly username: string } | { readonly person: Id<'person'> }
  readonly password: string
  readonly actor: Actor
  /** How often this account may be tried. */
  readonly share: AccountShare
  /** What the browser keeps since its last sign-in with a password. */
  readonly device?: string | undefined
}

/** What was found. For the caller of the service all refusals look alike. */
export type ProvenPassword =
  | {
      readonly code: 'right'
      readonly account: Account & { readonly hash: string }
      /** To be told of, in the transaction that goes on: `attempts.succeeded(tx, attempt)`. */
      readonly attempt: Attempt
      readonly knownDevice: boolean
    }
  | {
      readonly code: 'refused'
      readonly reason: Extract<
        SignInFault,
        'unknown_name' | 'wrong_password' | 'locked' | 'person_disabled'
      >
      readonly person: Id<'person'> | null
    }

/**
 * Looks whether a password is right. It is counted before it is looked at, and the work is the same
 * whoever is named: nobody, somebody without a password, somebody who is locked (MF-35, MF-37).
 * @throws AppError 503 auth.busy, 429 http.rate_limited
 */
export function provePassword(deps: ProveDeps, claim: Claim): Promise<ProvenPassword> {
  return deps.passwords.admit(() => prove(deps, claim))
}

async function prove(deps: ProveDeps, claim: Claim): Promise<ProvenPassword> {
  const { account, subject } = await find(deps.platform, claim.of)
  // Asked for whoever it is: what takes longer now and then does so for everybody.
  const nobodys = await deps.decoys.for('name' in subject ? subject.name : subject.person)
  const { device, actor } = claim
  const attempt: Attempt = { subject, factor: 'password', address: actor.clientAddress, device }
  const reserved = await deps.attempts.reserve(deps.platform, attempt, claim.share)
  const hash = account?.hash ?? null
  const isLookedAt = reserved.code === 'go' && hash !== null
  const decoy = hash === null ? nobodys : deps.decoys.like(hash)
  const matches = await deps.passwords.verify(isLookedAt ? hash : decoy, claim.password)
  const person = account?.person ?? null
  if (reserved.code === 'locked') return { code: 'refused', reason: 'locked', person }
  if (account === undefined) return { code: 'refused', reason: 'unknown_name', person }
  if (!matches || !isLookedAt) return { code: 'refused', reason: 'wrong_password', person }
  if (account.status !== 'active') return { code: 'refused', reason: 'person_disabled', person }
  return {
    code: 'right',
    account: { ...account, hash },
    attempt,
    knownDevice: reserved.knownDevice,
  }
}

async function find(
  platform: PlatformDb,
  of: Claim['of'],
): Promise<{ readonly account: Account | undefined; readonly subject: Attempt['subject'] }> {
  if ('person' in of) {
    return { account: await accountOf(platform, of.person), subject: { person: of.person } }
  }
  const name = signInName(of.username)
  // Nobody has the empty name: what can be no name takes as long as one that nobody has.
  const account = await accountNamed(platform, name?.key ?? '')
  const subject = account ? { person: account.person } : { name: name?.key ?? of.username }
  return { account, subject }
}

/** Writes down that a password let nobody in; the name that was typed may be a password, and stays out. */
export async function recordRefusal(
  platform: PlatformDb,
  actor: Actor,
  { reason, person }: Extract<ProvenPassword, { code: 'refused' }>,
): Promise<void> {
  const target = person === null ? {} : { target: { type: 'person', id: person } }
  const data = { provider: 'local' }
  const event = authEvents.sign_in({ outcome: 'failed', reason, data, ...target })
  await recordOutside(platform, actor, event)
}
