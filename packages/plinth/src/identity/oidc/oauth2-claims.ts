import type { Outbound } from '../../outbound/index.ts'
import { isSubject } from '../tokens/common-claims.ts'
import type { Provider } from './provider.ts'
import type { PersonFacts } from './userinfo-endpoint.ts'
import { askJson, askUserInfo } from './userinfo-endpoint.ts'
import type { IdTokenClaims } from './verify-id-token.ts'

/** Whom an access token was given for, in the words of an ID token; or why that is not known. */
export type Described =
  | { readonly ok: true; readonly claims: IdTokenClaims }
  | {
      readonly ok: false
      readonly fault: 'unanswered' | 'subject' | 'unsigned' | 'signature'
    }

/**
 * Asks a provider without ID tokens whom it signed in. It answers over TLS at an endpoint of our
 * settings, to a token that it gave us a moment ago for a code that is bound to this browser; that
 * takes the place of signature and nonce. Names are taken as they come, an e-mail address only
 * where the provider says that it has verified it (D8).
 */
export async function describePerson(
  outbound: Outbound,
  provider: Provider,
  accessToken: string,
): Promise<Described> {
  const answer = await askUserInfo(outbound, provider, accessToken)
  if (answer.code === 'refused') return { ok: false, fault: answer.fault }
  if (answer.code === 'none') return { ok: false, fault: 'unanswered' }
  const { facts } = answer
  const sub = subjectIn(facts[provider.subjectClaim])
  if (sub === undefined) return { ok: false, fault: 'subject' }
  const { name, given_name, family_name } = facts
  const email = await verifiedEmail(outbound, provider, { facts, accessToken })
  return {
    ok: true,
    claims: { iss: provider.issuer, sub, name, given_name, family_name, ...email },
  }
}

/** A text, or a whole number as many of these providers count their people. */
function subjectIn(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  return isSubject(text) ? text : undefined
}

async function verifiedEmail(
  outbound: Outbound,
  provider: Provider,
  { facts, accessToken }: { readonly facts: PersonFacts; readonly accessToken: string },
): Promise<PersonFacts> {
  const url = (await provider.metadata().catch(() => undefined))?.emailsEndpoint
  const { email, email_verified } = facts
  if (url === undefined) return { email, email_verified }
  const listed = await askJson(outbound, provider, { url, accessToken })
  const primary = (Array.isArray(listed) ? listed : []).find(isPrimary)
  return primary === undefined ? {} : { email: primary.email, email_verified: true }
}

/** The one address of a list that its owner made the main one and the provider has verified. */
function isPrimary(entry: unknown): entry is { readonly email: unknown } {
  const { primary, verified } = Object(entry) as { primary?: unknown; verified?: unknown }
  return primary === true && verified === true
}
