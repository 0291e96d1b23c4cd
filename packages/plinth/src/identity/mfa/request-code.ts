import type { Amr } from '../sessions/second-factors.ts'
import { usableMethods } from './factors.repository.ts'
import { mfaProblems } from './mfa.errors.ts'
import type { MfaParts } from './mfa-parts.ts'
import { AMR_OF } from './offers.ts'
import { countryOf } from './phone-country.ts'
import type { CodeRequest, SentCode } from './send-code.ts'
import { mayNotSend, sendCode } from './send-code.ts'

/** A code that somebody wants through one of their methods. */
export interface WantedCode extends Omit<CodeRequest, 'method'> {
  readonly method: string
  /** What they showed already: the same again would be no second factor. */
  readonly shown: readonly Amr[]
}

/**
 * Sends a code through a method of a person.
 * @throws AppError mfa.phone_refused for a number of a country that is not listed any more
 */
export async function requestCode(
  parts: MfaParts,
  wanted: WantedCode,
): Promise<SentCode | { readonly code: 'unknown' }> {
  const { platform, factors } = parts
  const method = (await usableMethods(platform, wanted.person)).find(
    ({ id, kind }) =>
      id === wanted.method &&
      kind !== 'totp' &&
      factors.offers.offers(kind) &&
      !wanted.shown.includes(AMR_OF[kind]),
  )
  if (method === undefined) return { code: 'unknown' }
  const { countries } = factors.settings.sms
  if (method.kind === 'sms' && countryOf(method.address ?? '', countries) === undefined) {
    throw mfaProblems.phoneRefused()
  }
  const request = { ...wanted, method }
  const refused = await mayNotSend(parts, request)
  return refused ?? platform.transaction((tx) => sendCode(parts, tx, request))
}
