import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { secondFactorChanged } from '../../notify/index.ts'
import { addressOf } from '../linking/identities.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { MethodKind } from './factors.repository.ts'
import { countFactors } from './factors.repository.ts'
import type { MfaParts } from './mfa-parts.ts'

/** How a mail names each kind of method. */
export const NAME_OF: Readonly<Record<MethodKind, string>> = {
  totp: 'An authenticator app',
  email: 'A code by e-mail',
  sms: 'A code by SMS',
}

/** Tells a person by mail of a change of their factors, with the change; nobody without a verified address. */
export async function tellPerson(
  { notify, app, clock }: Pick<MfaParts, 'notify' | 'app' | 'clock'>,
  tx: PlatformTx,
  person: Id<'person'>,
  what: string,
): Promise<void> {
  const to = await addressOf(tx, person)
  if (to === undefined) return
  const when = isoTime(clock.now())
  const data = { name: to.name, what, when, baseUrl: app.base_url }
  await notify.mail(tx, secondFactorChanged, to, data)
}

/** Tells a person that a recovery code of theirs was used, and how many are left. */
export async function tellOfRecoveryCode(
  parts: Pick<MfaParts, 'notify' | 'app' | 'clock'>,
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<void> {
  const { recovery_codes: left } = await countFactors(tx, person)
  await tellPerson(parts, tx, person, `A recovery code was used, ${left} are left,`)
}
