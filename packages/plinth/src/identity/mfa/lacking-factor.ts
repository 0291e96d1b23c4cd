import type { Principal } from '../../access/index.ts'
import { provesTwoFactors } from '../../access/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import type { AppError, Id } from '../../kernel/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { GateDeps } from './second-factor-gate.ts'
import { createSecondFactors } from './second-factor-gate.ts'

/**
 * Asks the gate of every sign-in about somebody who goes into a tenant with a session that began
 * elsewhere: where a second factor is demanded, or they have one, they must have shown it (MF-11). Keys
 * and tokens of others are no sign-ins of people.
 * @returns 403 auth.second_factor_needed, or undefined where nothing is lacking
 */
export function lackingFactor({ platform, ...gate }: GateDeps & { readonly platform: PlatformDb }) {
  const { judge } = createSecondFactors(gate)
  return async (
    { person, credential }: Principal,
    tenant: Id<'tenant'>,
  ): Promise<AppError | undefined> => {
    const { session, amr = [] } = credential
    if (session === undefined || provesTwoFactors(amr)) return undefined
    const proof = { person, tenant, amr, rememberedDevice: undefined }
    const { code } = await platform.transaction((tx) => judge(tx, proof))
    return code === 'enough' ? undefined : identityProblems.secondFactorNeeded()
  }
}
