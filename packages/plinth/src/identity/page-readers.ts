import type { AccountReader } from './account-reader.ts'
import { accountReader } from './account-reader.ts'
import type { Identity } from './identity-deps.ts'
import type { LinkOfferReader } from './linking/link-offer-reader.ts'
import { linkOfferReader } from './linking/link-offer-reader.ts'
import type { OwnFactorsReader } from './own-factors-reader.ts'
import { ownFactorsReader } from './own-factors-reader.ts'
import type { WaitingReader } from './waiting-reader.ts'
import { waitingReader } from './waiting-reader.ts'

/** What pages read of people; they change nothing by themselves. */
export interface PageReaders {
  /** Accounts, passkeys and sessions of whoever asks. */
  readonly account: AccountReader
  /** Password, second factors and remembered browsers of whoever asks. */
  readonly factors: OwnFactorsReader
  /** An account that waits for the word that it is linked. */
  readonly linkOffer: LinkOfferReader
  /** A sign-in that waits for its second factor. */
  readonly waiting: WaitingReader
}

/** Puts them together. */
export function pageReaders(identity: Identity): PageReaders {
  return {
    account: accountReader(identity),
    factors: ownFactorsReader(identity),
    linkOffer: linkOfferReader(identity),
    waiting: waitingReader(identity),
  }
}
