import { provesTwoFactors } from '../../access/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { JudgedProof, Judgement, SecondFactors } from '../sessions/second-factors.ts'
import { isDemanded } from './demand.ts'
import { hasFactor } from './factors.repository.ts'
import type { MfaSettings } from './mfa.settings.ts'
import { useRememberedDevice } from './remembered-devices.repository.ts'

/** What the gate needs. */
export interface GateDeps {
  readonly clock: Clock
  readonly settings: MfaSettings
}

const ENOUGH: Judgement = { code: 'enough' }

/**
 * The gate before every session. Two factors are enough. Of somebody who has a second factor it is
 * asked, whatever they came with and whatever is demanded; a browser that they asked to remember
 * stands for it. Of somebody who has none it is demanded only where a rule says so.
 */
export function createSecondFactors(deps: GateDeps): SecondFactors {
  return { judge: (tx, proof) => judge(deps, tx, proof) }
}

async function judge(
  { clock, settings }: GateDeps,
  tx: PlatformTx,
  { person, tenant, amr, rememberedDevice }: JudgedProof,
): Promise<Judgement> {
  // `remembered` stands in sessions that go on; a sign-in brings the browser's own token.
  if (provesTwoFactors(amr) || amr.includes('remembered')) return ENOUGH
  if (!(await hasFactor(tx, person))) {
    const demanded = await isDemanded(settings, tx, { person, tenant })
    return demanded ? { code: 'enrolment' } : ENOUGH
  }
  const now = isoTime(clock.now())
  const device = { person, token: rememberedDevice, now }
  const remembers = settings.remember_days > 0 && (await useRememberedDevice(tx, device))
  return remembers ? { code: 'enough', remembered: true } : { code: 'second_factor' }
}
