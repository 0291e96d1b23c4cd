import type { SignedInAccess } from '../access/index.ts'
import type { ContextFor } from '../feature/index.ts'
import { findBrowserSession } from './browser-session.ts'
import type { Identity } from './identity-deps.ts'
import type { ShownIdentity } from './linking/identities.repository.ts'
import { identitiesOf } from './linking/identities.repository.ts'
import type { ShownPasskey } from './passkeys/passkeys.repository.ts'
import { passkeysOf } from './passkeys/passkeys.repository.ts'
import { tokenCookie } from './sessions/cookie.ts'
import { deviceName } from './sessions/fingerprint.ts'
import { isoTime } from './sessions/iso-time.ts'
import type { OwnSession } from './sessions/own-sessions.repository.ts'
import { listOwnSessions } from './sessions/own-sessions.repository.ts'

/** An account that a person signs in with. */
export interface OwnIdentity extends ShownIdentity {
  /** Whether the session that asks began with it. */
  readonly is_current: boolean
}

/** A place where a person is signed in. */
export interface OwnDevice extends Omit<OwnSession, 'status' | 'user_agent'> {
  /** For people: `Chrome on Linux`. */
  readonly device: string
}

/** What a person's own page shows of them. */
export interface Account {
  readonly identities: readonly OwnIdentity[]
  /** Sessions that are not over, the one used last first. */
  readonly devices: readonly OwnDevice[]
  /** Undefined where passkeys are off. */
  readonly passkeys: readonly OwnPasskey[] | undefined
}

/** A passkey of a person. */
export type OwnPasskey = ShownPasskey

/** Reads the account of whoever asks. */
export type AccountReader = (context: ContextFor<SignedInAccess>) => Promise<Account>

/** For the page of a person's own account; changes go through `/auth/identities` and `/auth/sessions`. */
export function accountReader({ platform, clock, webauthn, cookieName }: Identity): AccountReader {
  return async ({ request, principal }) => {
    const token = tokenCookie(request.headers.cookie, cookieName)
    const now = isoTime(clock.now())
    const { person, credential } = principal
    const session = await findBrowserSession(platform, token, now)
    const identities = await identitiesOf(platform, person)
    const { sessions } = await listOwnSessions(platform, person, { current: credential.id, now })
    return {
      identities: identities.map((one) => ({ ...one, is_current: one.id === session?.identity })),
      passkeys: webauthn && (await passkeysOf(platform, person)),
      devices: sessions.filter(({ status }) => status === 'active').map(deviceOf),
    }
  }
}

function deviceOf({ user_agent: userAgent, ...session }: OwnSession): OwnDevice {
  return { ...session, device: deviceName(userAgent ?? undefined) }
}
