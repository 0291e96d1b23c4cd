import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import { consume } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { IdentityKey } from '../people/people.repository.ts'

/** Who may answer an offer: the person and the session that proved both accounts. */
export interface OfferHolder {
  readonly person: Id<'person'>
  readonly family: Id<'session'>
}

/** An account that a signed-in person has proved to be theirs, and may link. */
export interface LinkOffer extends IdentityKey, OfferHolder {
  readonly id: Id<'link-offer'>
  readonly provider: string
  /** Only an address that the provider has verified. */
  readonly email: string | null
  readonly name: string
  /** Already the result of `safeReturnTo`. */
  readonly returnTo: string
  readonly createdAt: string
  readonly expiresAt: string
}

/** Writes an offer. */
export async function insertOffer(tx: PlatformTx, offer: LinkOffer): Promise<void> {
  await tx.query(
    `insert into plinth.link_offers
       (id, person_id, session_family_id, issuer, subject, provider, email, name, return_to,
        created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      offer.id,
      offer.person,
      offer.family,
      offer.issuer,
      offer.subject,
      offer.provider,
      offer.email,
      offer.name,
      offer.returnTo,
      offer.createdAt,
      offer.expiresAt,
    ],
  )
}

/** An offer as the person sees it before the answer. */
export interface ShownOffer extends Pick<LinkOffer, 'id' | 'provider' | 'email' | 'name'> {
  readonly return_to: string
  readonly expires_at: string
}

/** Finds an open offer of its holder; anybody else's looks like none. */
export async function findOffer(
  db: PlatformDb,
  { id, person, family }: OfferHolder & { readonly id: string },
  now: string,
): Promise<ShownOffer | undefined> {
  const { rows } = await db.query<ShownOffer>(
    `select id, provider, email, name, return_to, expires_at
       from plinth.link_offers
      where id = $1 and person_id = $2 and session_family_id = $3
        and consumed_at is null and expires_at > $4`,
    [id, person, family, now],
  )
  return rows[0]
}

/** An offer that was answered: what it was for. */
export interface TakenOffer extends IdentityKey {
  readonly provider: string
  readonly email: string | null
  readonly return_to: string
}

/** Takes an offer, once, for yes or no. */
export async function takeOffer(
  tx: PlatformTx,
  { id, person, family }: OfferHolder & { readonly id: string },
  now: string,
): Promise<TakenOffer | undefined> {
  const key = { id, person_id: person, session_family_id: family }
  return consume<TakenOffer, 'link_offers'>(tx, 'link_offers', key, now)
}

/** A person who signs in once more in the same browser keeps what they were offered. */
export async function moveOffers(
  tx: PlatformTx,
  from: OfferHolder,
  to: Id<'session'>,
): Promise<void> {
  await tx.query(
    `update plinth.link_offers set session_family_id = $3
      where session_family_id = $1 and person_id = $2 and consumed_at is null`,
    [from.family, from.person, to],
  )
}
