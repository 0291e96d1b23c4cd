import { notifyProblems } from './notify.errors.ts'

// E.164: a plus, the code of a country, at most fifteen digits in all. ASCII digits only.
const NUMBER = /^\+[1-9][0-9]{6,14}$/

/**
 * A phone number in the one form that is stored, compared and sent to: +4915112345678. Spaces,
 * hyphens, dots and brackets between the digits are taken out; anything else is refused.
 * @throws AppError `sms.number_refused`
 */
export function phoneNumber(text: string): string {
  const plain = text.replaceAll(/[ ().-]/g, '')
  if (!NUMBER.test(plain)) throw notifyProblems.numberRefused()
  return plain
}
