import type { Actor } from '../access/index.ts'
import type { PlatformTx } from '../data/index.ts'
import type { Id } from '../kernel/index.ts'
import type { Welcome } from '../tenancy/index.ts'
import type { BrowserSession } from './browser-session.ts'
import { findBrowserSession } from './browser-session.ts'
import type { Arrival, Browser, EnterDeps, Entered } from './enter.ts'
import { enter } from './enter.ts'
import { hasAddress } from './linking/identities.repository.ts'
import { offerLink } from './linking/offer-link.ts'
import { holdNames, isSignedOut } from './logout/provider-sign-outs.repository.ts'
import { findIdentity } from './people/people.repository.ts'
import type { Profile } from './people/profile.ts'
import type { Provisioned } from './people/provision-person.ts'
import { provisionPerson } from './people/provision-person.ts'
import type { ProviderTokens } from './sessions/mint-session.ts'
import { isoTime } from './sessions/mint-session.ts'
import type { Amr } from './sessions/second-factors.ts'

/** What signing a person in needs. */
export interface SignInDeps extends EnterDeps {
  readonly tenancy: Pick<Welcome, 'arrive'>
}

/** A person whom a provider vouches for, and the browser they sit at. */
export interface ProvenPerson {
  readonly issuer: string
  readonly subject: string
  readonly provider: string
  readonly profile: Profile
  /** When they last proved it to the provider, milliseconds since 1970. */
  readonly authenticatedAt: number
  /** When the provider vouched for them, milliseconds since 1970: `iat` of the ID token. */
  readonly vouchedAt: number
  /** OIDC `acr` and `sid` of the ID token; null when it carries none. */
  readonly acr: string | null
  readonly providerSession: string | null
  readonly tokens: ProviderTokens
  /** With what they proved it: that the provider says so, and whether it vouches for two factors. */
  readonly amr: readonly Amr[]
  readonly actor: Actor
  readonly browser: Browser
  /** Who must come back from a step-up; undefined where anybody may. */
  readonly expected: Id<'person'> | undefined
  /** Where they go after it; already the result of `safeReturnTo`. */
  readonly returnTo: string
}

/** A session, or why the person may not have one. */
export type SignIn =
  | Entered
  | { readonly code: 'person_disabled' }
  | { readonly code: 'other_person' }
  /** The provider signed them out while this sign-in was under way. */
  | { readonly code: 'signed_out_meanwhile' }
  /** Their address is that of the person who is signed in here: they are asked to link. */
  | { readonly code: 'offered'; readonly offer: Id<'link-offer'> }

/**
 * Signs a proven person in: person, tenant, session, notice and audit row commit together. The
 * session that the browser had before ends, whoever's it was, and is never merged (RP-33).
 */
export async function signIn(deps: SignInDeps, proven: ProvenPerson): Promise<SignIn> {
  return deps.platform.transaction(async (tx) => {
    if (await wasSignedOut(tx, proven)) return { code: 'signed_out_meanwhile' }
    const known = await findIdentity(tx, proven)
    if (proven.expected !== undefined && known?.person !== proven.expected) {
      return { code: 'other_person' }
    }
    const former = await findBrowserSession(tx, proven.browser.formerToken, nowOf(deps))
    if (known === undefined && former !== undefined && (await isLikely(tx, former, proven))) {
      const offer = await offerLink(tx, deps.sessions.clock, { session: former, account: proven })
      return { code: 'offered', offer }
    }
    const provision = { clock: deps.sessions.clock, tenancy: deps.tenancy }
    const someone = await provisionPerson(tx, provision, { known, arrival: proven })
    if (someone.status !== 'active') return { code: 'person_disabled' }
    return enter(deps, tx, arrivalOf({ proven, someone, former }))
  })
}

/** Whether the provider's word is taken back already: its sign-out may overtake the browser's way here. */
async function wasSignedOut(tx: PlatformTx, proven: ProvenPerson): Promise<boolean> {
  const { provider, issuer: iss, subject: sub, providerSession: sid, vouchedAt } = proven
  const named = { provider, iss, sub, sid }
  await holdNames(tx, named)
  return isSignedOut(tx, named, isoTime(vouchedAt))
}

/** A proven person, the person they are here, and the live session that their browser had until now. */
interface Arrived {
  readonly proven: ProvenPerson
  readonly someone: Provisioned
  readonly former: BrowserSession | undefined
}

function arrivalOf({ proven, someone, former }: Arrived): Arrival {
  const { profile, expected } = proven
  return {
    ...proven,
    person: someone.person,
    name: profile.name,
    email: profile.email,
    isNewPerson: someone.isNew,
    // A step-up goes on where the person was.
    tenant: expected === undefined || former === undefined ? someone.tenant : former.tenant,
    identity: someone.identity,
    kind: 'browser',
  }
}

function nowOf({ sessions }: SignInDeps): string {
  return isoTime(sessions.clock.now())
}

/** Whether an account that nobody has yet carries a verified address of the person signed in here. */
async function isLikely(
  tx: PlatformTx,
  { person }: BrowserSession,
  { profile: { email } }: ProvenPerson,
): Promise<boolean> {
  return email !== null && hasAddress(tx, person, email)
}
