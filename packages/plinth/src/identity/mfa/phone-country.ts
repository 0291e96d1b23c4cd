/**
 * The country of a phone number, of those that are listed; undefined for any other.
 * @param number in the form +4915112345678
 * @param listed codes like +49; of two that fit the longer one is meant
 */
export function countryOf(number: string, listed: readonly string[]): string | undefined {
  const fitting = listed.filter((code) => number.startsWith(code))
  return fitting.toSorted((a, b) => b.length - a.length)[0]
}

/** An address of which only so much is shown that its person knows it again. */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf('@')
  if (at < 0) return `${address.slice(0, 3)}${'•'.repeat(6)}${address.slice(-2)}`
  return `${address.slice(0, 1)}•••${address.slice(at)}`
}
