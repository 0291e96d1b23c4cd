import { record, recordOutside } from '../../audit/index.ts'
import { identityProblems } from '../identity.errors.ts'
import { identityEvents } from '../identity.events.ts'
import { requireFactor } from '../mfa/require-factor.ts'
import { isoTime } from '../sessions/mint-session.ts'
import { acceptLink } from './accept-link.ts'
import { askerOf, giveSession, type SignedInContext, sessionOf } from './asker.ts'
import { findOffer, takeOffer } from './link-offers.repository.ts'
import type { LinkingDeps } from './linking-deps.ts'

type OfferContext = SignedInContext & { readonly params: { readonly id: string } }

/** Shows an open offer to the one who may answer it. */
export async function showOffer({ identity }: LinkingDeps, context: OfferContext) {
  const holder = await sessionOf(identity, context)
  const now = isoTime(identity.clock.now())
  const offer = await findOffer(identity.platform, { ...holder, id: context.params.id }, now)
  if (offer === undefined) throw identityProblems.linkOfferGone()
  return offer
}

/** Takes the consent. */
export async function answerOffer({ identity }: LinkingDeps, context: OfferContext) {
  const { actor, params, principal } = context
  await requireFactor(identity.platform, principal)
  const consent = { ...askerOf(identity, context), offer: params.id, actor }
  const outcome = await acceptLink(identity, consent)
  if (outcome.code !== 'linked') {
    const event = identityEvents.linked({ outcome: 'failed', reason: outcome.code })
    await recordOutside(identity.platform, actor, event)
    throw outcome.code === 'offer_gone'
      ? identityProblems.linkOfferGone()
      : identityProblems.identityTaken()
  }
  return {
    identity: outcome.identity,
    csrf_token: giveSession(identity, context, outcome.session),
    return_to: outcome.returnTo,
  }
}

/** Takes the refusal: the offer is used up. */
export async function declineOffer({ identity }: LinkingDeps, context: OfferContext) {
  const holder = await sessionOf(identity, context)
  const now = isoTime(identity.clock.now())
  const taken = await identity.platform.transaction(async (tx) => {
    const offer = await takeOffer(tx, { ...holder, id: context.params.id }, now)
    if (offer === undefined) return undefined
    const data = { provider: offer.provider }
    await record(tx, context.actor, identityEvents.link_declined({ outcome: 'success', data }))
    return offer
  })
  if (taken === undefined) throw identityProblems.linkOfferGone()
  return { return_to: taken.return_to }
}
