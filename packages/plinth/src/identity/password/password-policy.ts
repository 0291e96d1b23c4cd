import { isCommonPassword } from './common-passwords.ts'

/** Why a password may not be chosen. */
export type PasswordFault = 'too_short' | 'too_long' | 'too_common' | 'too_simple' | 'too_personal'

/** Bytes of UTF-8 that a password may have; more is refused before anything is hashed. */
export const LONGEST_PASSWORD_BYTES = 4_096

/** What a new password is measured by. */
export interface PasswordRule {
  /** Characters, as people count them: code points. */
  readonly minLength: number
  /** Names of the service, of the person and of their addresses; a password may hold them but not consist of them. */
  readonly contextWords: readonly string[]
}

/**
 * Looks for what is wrong with a new password: length, and how soon it would be guessed. Nothing is
 * asked of its composition, and nothing is changed in it (NIST SP 800-63B 3.1.1.2; ASVS 6.2).
 * @returns undefined when nothing is
 */
export function passwordFault(password: string, rule: PasswordRule): PasswordFault | undefined {
  const length = [...password].length
  if (length < rule.minLength) return 'too_short'
  if (Buffer.byteLength(password) > LONGEST_PASSWORD_BYTES) return 'too_long'
  if (isCommonPassword(password) || isCommonPassword(stem(password))) return 'too_common'
  if (length < LONG_ENOUGH && isSimple(password)) return 'too_simple'
  return isPersonal(password, rule.contextWords) ? 'too_personal' : undefined
}

/** From here on even one character, repeated, takes longer to guess than a short password. */
const LONG_ENOUGH = 20
const FEWEST_STEM = 5

/** What remains without the digits and signs that people put at the end: `Sunshine2024!`. */
function stem(password: string): string {
  const letters = password.replace(/[\d\p{P}\p{S}]{1,8}$/u, '')
  return letters.length >= FEWEST_STEM ? letters : password
}

/** One short piece again and again, or a row as on a keyboard or in the alphabet. */
function isSimple(password: string): boolean {
  const text = password.toLowerCase()
  const repeated = Array.from({ length: MOST_REPEATED }, (_, at) => at + 1).some(
    (size) =>
      text ===
      text
        .slice(0, size)
        .repeat(Math.ceil(text.length / size))
        .slice(0, text.length),
  )
  return repeated || ROWS.some((row) => row.includes(text))
}

const MOST_REPEATED = 3
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
].flatMap((row) => [row, [...row].reverse().join('')])

/** Characters that must be the person's own, beside names that anybody can look up. */
const FEWEST_OWN = 6
const FEWEST_WORD = 3

function isPersonal(password: string, words: readonly string[]): boolean {
  const text = folded(password)
  const parts = [...new Set(words.flatMap(partsOf))].sort((a, b) => b.length - a.length)
  const rest = parts.reduce((left, part) => left.replaceAll(part, ''), text)
  return rest !== text && [...rest].length < FEWEST_OWN
}

/** `ana.maria@acme.test` and its pieces. */
function partsOf(word: string): readonly string[] {
  const pieces = word.normalize('NFC').split(/[^\p{L}\p{N}]+/u)
  return [word, ...pieces].map(folded).filter((part) => part.length >= FEWEST_WORD)
}

/** Letters of one case without accents, and the digits that stand for letters as those. */
function folded(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return plain.replaceAll(/[@013457$]/g, (sign) => LETTERS[sign] ?? sign)
}

const LETTERS: Readonly<Record<string, string>> = {
  '@': 'a',
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  $: 's',
}
