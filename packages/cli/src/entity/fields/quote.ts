/**
 * A text as a string of TypeScript, quoted as Biome would. Control characters were refused before.
 * What is left can neither end the string nor the line.
 */
export function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\')
  if (text.includes("'") && !text.includes('"')) return `"${escaped}"`
  return `'${escaped.replaceAll("'", "\\'")}'`
}

/** Whether a text may stand in one line of code: no control character, no line separator. */
export function isPlainText(text: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(text)
}
