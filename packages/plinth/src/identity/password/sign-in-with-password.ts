import type { Actor } from '../../access/index.ts'
import { record, recordOutside } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import { newToken } from '../../kernel/index.ts'
import { failedAttempts } from '../../notify/index.ts'
import type { AccountShare } from '../attempts/attempts.ts'
import type { Arrival, Browser, Entered } from '../enter.ts'
import { enter } from '../enter.ts'
import { authEvents } from '../identity.events.ts'
import type { Identity } from '../identity-deps.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { holdCredential, upgradeHash } from './credentials.repository.ts'
import { passwordEvents } from './password.events.ts'
import type { ProvenPassword } from './prove-password.ts'
import { provePassword, recordRefusal } from './prove-password.ts'

/** Somebody with a name and a password. */
export interface PasswordSignIn {
  readonly username: string
  readonly password: string
  /** Whether a browser gets a session behind a cookie, or a client one behind tokens. */
  readonly kind: Arrival['kind']
  readonly actor: Actor
  readonly share: AccountShare
  readonly browser: Browser
  /** What the browser keeps since its last sign-in with a password; undefined for clients. */
  readonly device?: string | undefined
}

/** What comes of it. */
export type PasswordSignedIn =
  | {
      readonly code: 'entered'
      readonly entered: Entered
      readonly person: Arrival['person']
      /** What the browser is to keep from now on; undefined when it keeps it already. */
      readonly device: string | undefined
    }
  /** Whatever the reason: unknown, wrong, locked, disabled. It is in the audit log. */
  | { readonly code: 'refused' }
  /** The password is right, and must be changed first. */
  | { readonly code: 'must_change' }

/**
 * Signs somebody in with a password: the same way on as from every other proof, through `enter`.
 * @throws AppError 503 auth.busy when too many passwords are being looked at
 */
export async function signInWithPassword(
  identity: Identity,
  asked: PasswordSignIn,
): Promise<PasswordSignedIn> {
  const { platform } = identity
  const { username, password, actor, share, device } = asked
  const proven = await provePassword(identity, {
    of: { username },
    password,
    actor,
    share,
    device,
  })
  if (proven.code === 'refused') {
    await recordRefusal(platform, actor, proven)
    return { code: 'refused' }
  }
  await renewHash(identity, proven, asked)
  if (proven.account.must_change) {
    await refuseOldPassword(identity, proven, actor)
    return { code: 'must_change' }
  }
  return platform.transaction((tx) => letIn(identity, tx, { proven, asked }))
}

type Right = Extract<ProvenPassword, { readonly code: 'right' }>

async function letIn(
  identity: Identity,
  tx: PlatformTx,
  { proven, asked }: { readonly proven: Right; readonly asked: PasswordSignIn },
): Promise<PasswordSignedIn> {
  const { account } = proven
  const { person, name } = account
  const held = await holdCredential(tx, person)
  // Changed while we looked: what was right is not any more, and the session must not outlive it.
  if (held?.version !== account.version) return { code: 'refused' }
  const keeps = asked.kind === 'browser' && !proven.knownDevice ? newToken() : undefined
  const attempt = { ...proven.attempt, device: keeps ?? proven.attempt.device }
  const { failedBefore } = await identity.attempts.succeeded(tx, attempt)
  const actor: Actor = { ...asked.actor, kind: 'person', person }
  const tenant = await identity.tenancy.arrive(tx, { person, name, actor })
  const entered = await enter(identity.enter, tx, {
    ...arrival(identity, proven),
    tenant,
    kind: asked.kind,
    actor: asked.actor,
    browser: asked.browser,
  })
  await tellOfFailures(identity, tx, { proven, failedBefore })
  return { code: 'entered', entered, person, device: keeps }
}

function arrival(
  { clock }: Identity,
  { account }: Right,
): Omit<Arrival, 'tenant' | 'kind' | 'actor' | 'browser'> {
  return {
    person: account.person,
    name: account.name,
    email: account.email_verified ? account.email : null,
    isNewPerson: false,
    identity: null,
    provider: 'local',
    amr: ['pwd'],
    authenticatedAt: clock.now(),
    acr: 'aal1',
    providerSession: null,
    tokens: { idToken: undefined, refreshToken: undefined, scopes: null },
  }
}

/** Failures before a success that are worth a mail: a person mistypes less often. */
const NOTEWORTHY_FAILURES = 5

/** ASVS 6.3.5: whoever was let in after others had tried is told. */
async function tellOfFailures(
  { notify, clock, app }: Identity,
  tx: PlatformTx,
  { proven, failedBefore }: { readonly proven: Right; readonly failedBefore: number },
): Promise<void> {
  const { name, email, email_verified: verified } = proven.account
  if (failedBefore < NOTEWORTHY_FAILURES || email === null || !verified) return
  const when = isoTime(clock.now())
  const to = { name, address: email }
  await notify.mail(tx, failedAttempts, to, {
    name,
    when,
    failures: failedBefore,
    baseUrl: app.base_url,
  })
}

/** Hashes a password anew that was hashed otherwise than settings say (MF-42); a sign-in does not fail for it. */
async function renewHash(
  identity: Identity,
  { account }: Right,
  asked: PasswordSignIn,
): Promise<void> {
  const { passwords, platform, log } = identity
  const { person, hash: from } = account
  if (!passwords.isOutdated(from)) return
  try {
    const to = await passwords.hash(asked.password)
    if (!(await upgradeHash(platform, person, { from, to }))) return
    const target = { type: 'person', id: person }
    const actor: Actor = { ...asked.actor, kind: 'person', person }
    await recordOutside(platform, actor, passwordEvents.rehashed({ outcome: 'success', target }))
  } catch (error) {
    log.warn({ error }, 'A password could not be hashed anew; the next sign-in tries again.')
  }
}

async function refuseOldPassword(
  identity: Identity,
  { account, attempt }: Right,
  actor: Actor,
): Promise<void> {
  const event = authEvents.sign_in({
    outcome: 'failed',
    reason: 'must_change_password',
    target: { type: 'person', id: account.person },
    data: { provider: 'local' },
  })
  await identity.platform.transaction(async (tx) => {
    await identity.attempts.succeeded(tx, { ...attempt, device: undefined })
    await record(tx, actor, event)
  })
}
