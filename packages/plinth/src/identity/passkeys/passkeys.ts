import type { PlatformTx, Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { AddedPasskey, AddPasskey, CheckedPasskey } from './add-passkey.ts'
import { addPasskey, checkPasskey } from './add-passkey.ts'
import type { ChallengeHolder } from './challenge.ts'
import { issueChallenge } from './challenge.ts'
import type { CreationOptions, RequestOptions } from './passkey-options.ts'
import type { PasskeyDeps, PasskeyParts } from './passkey-parts.ts'
import { verificationOf } from './passkey-parts.ts'
import type { NamedCredential } from './passkeys.repository.ts'
import { countPasskeys, credentialsOf } from './passkeys.repository.ts'
import type { PasskeySettings } from './passkeys.settings.ts'
import type { ProvenPasskey, ProvePasskey } from './prove-passkey.ts'
import { provePasskey } from './prove-passkey.ts'
import { relyingParty } from './relying-party.ts'
import { userHandle } from './user-handle.ts'
import { ALGORITHMS } from './verify-registration.ts'

/** Whom a passkey is made for, as the device shows them. */
export interface PasskeyOwner {
  readonly person: Id<'person'>
  readonly name: string
  readonly email: string | null
}

/** Passkeys of a service: what they are asked, and what their answers prove. */
export interface Passkeys {
  readonly settings: PasskeySettings
  /** How many passkeys a person has; at least one makes `passkey` one of their second factors. */
  count(db: Queryable, person: Id<'person'>): Promise<number>
  /** Options for `navigator.credentials.create()`, as JSON. */
  askForNew(tx: PlatformTx, owner: PasskeyOwner, holder: string): Promise<CreationOptions>
  /**
   * Options for `navigator.credentials.get()`, as JSON: with a person for their passkeys only, without
   * one for any that the browser has.
   */
  ask(db: Queryable, holder: ChallengeHolder): Promise<RequestOptions>
  /**
   * Judges the answer to {@link Passkeys.ask}; the challenge is used up whatever comes of it. Runs in
   * transactions of its own, and leaves audit rows of what it refused.
   */
  prove(claim: ProvePasskey): Promise<ProvenPasskey>
  /** Judges the answer to {@link Passkeys.askForNew} and keeps the passkey, with notice and audit row. */
  add(claim: AddPasskey): Promise<AddedPasskey>
  /** The same in two steps: what comes back keeps the passkey with the change that it belongs to. */
  check(claim: AddPasskey): Promise<CheckedPasskey>
}

/** Makes the passkeys of a service; undefined when they are off, or its address can have none. */
export function createPasskeys(deps: PasskeyDeps): Passkeys | undefined {
  const party = relyingParty(deps.app)
  if (!deps.settings.enabled || party === undefined) return undefined
  const parts = { ...deps, party }
  return {
    settings: deps.settings,
    count: countPasskeys,
    askForNew: (tx, owner, holder) => askForNew(parts, tx, { owner, holder }),
    ask: (tx, holder) => ask(parts, tx, holder),
    prove: (claim) => provePasskey(parts, claim),
    add: (claim) => addPasskey(parts, claim),
    check: (claim) => checkPasskey(parts, claim),
  }
}

async function askForNew(
  { settings, clock, party }: PasskeyParts,
  tx: PlatformTx,
  { owner, holder }: { readonly owner: PasskeyOwner; readonly holder: string },
): Promise<CreationOptions> {
  const { person } = owner
  const ttlSeconds = settings.challenge_seconds
  const use = 'registration'
  const challenge = await issueChallenge(tx, clock, { use, person, holder, ttlSeconds })
  return {
    rp: { id: party.id, name: party.name },
    user: { id: userHandle(person), name: owner.email ?? owner.name, displayName: owner.name },
    challenge,
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    timeout: ttlSeconds * 1_000,
    excludeCredentials: (await credentialsOf(tx, person)).map(descriptor),
    authenticatorSelection: {
      // Without it nobody could sign in without typing who they are.
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: settings.user_verification,
    },
    attestation: 'none',
  }
}

async function ask(
  { settings, clock, party }: PasskeyParts,
  tx: Queryable,
  holder: ChallengeHolder,
): Promise<RequestOptions> {
  const ttlSeconds = settings.challenge_seconds
  const { person } = holder
  return {
    challenge: await issueChallenge(tx, clock, { ...holder, ttlSeconds }),
    rpId: party.id,
    timeout: ttlSeconds * 1_000,
    userVerification: verificationOf(settings, holder),
    allowCredentials: person === undefined ? [] : (await credentialsOf(tx, person)).map(descriptor),
  }
}

function descriptor({ id, transports }: NamedCredential) {
  return { id, type: 'public-key' as const, transports }
}
