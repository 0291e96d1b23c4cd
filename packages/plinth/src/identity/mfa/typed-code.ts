import { randomBytes, randomInt } from 'node:crypto'

/** What somebody typed, as what it can be. */
export type TypedCode =
  | { readonly kind: 'digits'; readonly code: string }
  | { readonly kind: 'recovery'; readonly code: string }

const DIGITS = 6
// No digit that reads as a letter; 32 characters carry 5 bits each.
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz023456789'
const RECOVERY_CHARACTERS = 24
const GROUP = 4
const SIX_DIGITS = /^[0-9]{6}$/
const RECOVERY = new RegExp(`^[${ALPHABET}]{${RECOVERY_CHARACTERS}}$`)

/** Longest code that is looked at: a recovery code with its hyphens, and a little more. */
export const LONGEST_CODE = 40

/**
 * Reads a code exactly: six ASCII digits, or a recovery code with or without its hyphens, in either
 * case. Spaces, signs and digits of other scripts make it none, so that no code has a second spelling
 * that was not used yet (MF-03).
 */
export function readCode(text: string): TypedCode | undefined {
  if (SIX_DIGITS.test(text)) return { kind: 'digits', code: text }
  const code = text.toLowerCase().replaceAll('-', '')
  return RECOVERY.test(code) ? { kind: 'recovery', code } : undefined
}

/** Six random digits, each as likely as any other (ASVS 6.5.3, 6.5.4). */
export function newDigits(): string {
  return String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0')
}

/** A recovery code of 120 random bits, in groups of four: no slow hash is needed for it (ASVS 6.5.2). */
export function newRecoveryCode(): string {
  const characters = [...randomBytes(RECOVERY_CHARACTERS)].map((byte) => ALPHABET[byte % 32])
  return characters.join('').replaceAll(new RegExp(`.{${GROUP}}(?!$)`, 'g'), '$&-')
}
