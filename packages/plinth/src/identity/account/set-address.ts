import type { PlatformTx } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import type { Notify } from '../../notify/index.ts'
import { emailChanged } from '../../notify/index.ts'
import { voidOneTime } from '../one-time/one-time-tokens.ts'
import type { Account } from '../password/credentials.repository.ts'
import { putName } from '../password/credentials.repository.ts'
import type { SignInName } from '../password/sign-in-name.ts'
import { ownerOfAddress, putAddress } from './account-mail.repository.ts'

/** What giving an account another address needs. */
export interface SetAddressDeps {
  readonly clock: Clock
  readonly notify: Pick<Notify, 'mail'>
  /** `app.base_url`, for the mail. */
  readonly baseUrl: string
}

/** Whose address becomes which. */
export interface NewAddress {
  readonly account: Account
  readonly address: SignInName
  /** ISO 8601. */
  readonly now: string
}

/**
 * Makes an address the confirmed one of an account, and the name that it signs in with where it has a
 * password. Links that were sent to the old one open nothing any more (MF-20), and both addresses are
 * told.
 * @returns false when somebody else has it
 */
export async function setAddress(
  deps: SetAddressDeps,
  tx: PlatformTx,
  { account, address, now }: NewAddress,
): Promise<boolean> {
  const { person } = account
  const owner = await ownerOfAddress(tx, address.key)
  const isFree = owner === undefined || owner.person === person
  if (!isFree || (account.hash !== null && !(await putName(tx, person, address)))) return false
  await putAddress(tx, { person, email: address.name, now })
  await voidOneTime(tx, deps.clock, { purpose: 'password-reset', person })
  await voidOneTime(tx, deps.clock, { purpose: 'email-change', person })
  await tellBoth(deps, tx, { account, address, now })
  return true
}

async function tellBoth(
  { notify, baseUrl }: SetAddressDeps,
  tx: PlatformTx,
  { account, address, now }: NewAddress,
): Promise<void> {
  const { name, email: old, email_verified: verified } = account
  const data = { name, baseUrl, when: now, email: address.name }
  const before = verified && old !== null && old !== address.name ? [old] : []
  for (const to of [...before, address.name])
    await notify.mail(tx, emailChanged, { name, address: to }, data)
}
