import { pluralOf } from 'plinth/data'

/** Endings of singular nouns that sound like a plural: address, status, analysis, canvas, chaos, lens, physics. */
const SINGULAR_IN_S = /(ss|us|is|as|os|ns|ics)$/
const IRREGULAR = /(^|_)(children|people|men|women|mice|geese|feet|teeth|dice)$/
/** SMS, GPS. */
const SHORTEST = 4

/**
 * Whether a noun in `snake_case` looks like a plural, as far as endings can tell; of several words the
 * last one counts. Words without a plural of their own (news, series) do not.
 */
export function looksPlural(noun: string): boolean {
  if (IRREGULAR.test(noun)) return true
  const last = noun.slice(noun.lastIndexOf('_') + 1)
  if (last.length < SHORTEST || !last.endsWith('s')) return false
  return !SINGULAR_IN_S.test(last) && pluralOf(last) !== last
}
