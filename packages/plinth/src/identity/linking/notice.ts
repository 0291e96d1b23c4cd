import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { identityLinked } from '../../notify/index.ts'
import type { Identity } from '../identity-deps.ts'
import { addressOf } from './identities.repository.ts'

/** A change of the accounts that somebody signs in with. */
export interface AccountChange {
  readonly person: Id<'person'>
  readonly provider: string
  readonly now: string
}

/** Tells a person by mail of a change, with the change; nobody without a verified address. */
export async function tellOwner(
  { notify, app }: Identity,
  tx: PlatformTx,
  template: typeof identityLinked,
  { person, provider, now }: AccountChange,
): Promise<void> {
  const to = await addressOf(tx, person)
  if (to === undefined) return
  const data = { name: to.name, provider, when: now, baseUrl: app.base_url }
  await notify.mail(tx, template, to, data)
}
