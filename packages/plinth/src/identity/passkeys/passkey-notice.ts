import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { passkeyAdded } from '../../notify/index.ts'
import { addressOf } from '../linking/identities.repository.ts'
import type { PasskeyDeps } from './passkey-parts.ts'
import { nameOfPasskey } from './passkeys.repository.ts'

/** What happened to a passkey of somebody. */
export interface PasskeyNews {
  readonly person: Id<'person'>
  readonly passkey: string
  readonly now: string
  /** Where it cannot be looked up any more. */
  readonly name?: string
}

/** Tells a person by mail of a change, with the change; nobody without a verified address. */
export async function tellOwner(
  { notify, app }: Pick<PasskeyDeps, 'notify' | 'app'>,
  tx: PlatformTx,
  template: typeof passkeyAdded,
  { person, passkey, now, name }: PasskeyNews,
): Promise<void> {
  const to = await addressOf(tx, person)
  if (to === undefined) return
  const called = name ?? (await nameOfPasskey(tx, passkey))
  const data = { name: to.name, passkey: called, when: now, baseUrl: app.base_url }
  await notify.mail(tx, template, to, data)
}
