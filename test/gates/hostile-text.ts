// What a regular expression has to survive: long texts made of the characters that it looks for, with
// an end that it does not expect, so that every way to match has to be tried.

const LENGTH = 100_000

/** Texts of 100,000 characters for one expression. */
export function hostileTexts(source: string): readonly string[] {
  const letters = alphabet(source)
  const prefix = /^\^?([\w/:.-]+)/.exec(source)?.[1] ?? ''
  const pairs = letters.slice(0, 4).flatMap((a) => letters.slice(0, 4).map((b) => a + b))
  const words = [...new Set([...letters, ...pairs, ...fragments(source)])]
  return words.flatMap((word) => {
    const long = word.repeat(Math.ceil(LENGTH / word.length)).slice(0, LENGTH)
    return prefix === '' ? [`${long}\0`] : [`${long}\0`, `${prefix}${long}\u2028!`]
  })
}

const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/\\d|0-9/, '0'],
  [/\\w|a-z|\[\^|\./, 'a'],
  [/A-Z/, 'A'],
  [/\\s|\\n|\[\^|\$/, '\n'],
  [/\\s| |\[\^/, ' '],
  [/\\S|\[\^|\./, '%'],
]

/** One character for each class and each literal of the expression. */
function alphabet(source: string): string[] {
  const classes = CLASSES.filter(([mark]) => mark.test(source)).map(([, character]) => character)
  const literals = source
    .replace(/\\[dwsbDWSB]|\\[pP]\{[^}]*\}|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\(\?<?[:=!]?/gi, '')
    .replace(/[[\](){}*+?|^$\\]/g, '')
  return [...new Set([...classes, ...literals])].slice(0, 12)
}

/** The literal words of the expression: they lead deep into it, again and again. */
function fragments(source: string): string[] {
  return source.match(/[a-z0-9_:@/.-]{2,}/gi)?.slice(0, 4) ?? []
}
