import type { InPersonAccess, SignedInAccess } from '../access/index.ts'
import type { ContextFor } from '../feature/index.ts'
import type { Identity } from './identity-deps.ts'
import type { ShownMethod } from './mfa/factors.repository.ts'
import { countFactors, shownMethods } from './mfa/factors.repository.ts'
import { shownDevices } from './mfa/remembered-devices.repository.ts'
import { hasPassword } from './password/credentials.repository.ts'
import { deviceName } from './sessions/fingerprint.ts'
import { isoTime } from './sessions/iso-time.ts'

/** A browser that needs no second factor for a while. */
export interface RememberedBrowser {
  readonly id: string
  /** For people: `Chrome on Linux`. */
  readonly device: string
  readonly created_at: string
  readonly expires_at: string
}

/** With what a person proves who they are, beside passkeys and accounts at providers. */
export interface OwnFactors {
  readonly password: boolean
  readonly methods: readonly ShownMethod[]
  /** Kinds of second factors that they do not have, and could set up. */
  readonly toSetUp: readonly string[]
  /** Codes that are left, of those that were printed or written down. */
  readonly recoveryCodes: number
  readonly remembered: readonly RememberedBrowser[]
}

/** Reads the factors of whoever asks. */
export type OwnFactorsReader = (
  context: ContextFor<SignedInAccess> | ContextFor<InPersonAccess>,
) => Promise<OwnFactors>

/** For the pages of a person's own account; changes go through `/auth/mfa`. */
export function ownFactorsReader({ platform, clock, factors }: Identity): OwnFactorsReader {
  return async ({ principal: { person } }) => {
    const now = isoTime(clock.now())
    const methods = await shownMethods(platform, person)
    const kinds = new Set<string>(methods.map(({ kind }) => kind))
    const all = await platform.transaction((tx) => factors.offers.toSetUp(tx, person))
    return {
      password: await hasPassword(platform, person),
      methods,
      toSetUp: all.filter((kind) => !kinds.has(kind)),
      recoveryCodes: (await countFactors(platform, person)).recovery_codes,
      remembered: (await shownDevices(platform, person, now)).map(({ user_agent, ...one }) => ({
        ...one,
        device: deviceName(user_agent ?? undefined),
      })),
    }
  }
}
