/** Longest line before Biome breaks it. */
export const LINE_WIDTH = 100

/** Whether a text fits behind an indent. */
export function fits(text: string, indent: number): boolean {
  return !text.includes('\n') && indent + text.length <= LINE_WIDTH
}

/**
 * Lists of names as an array of arrays: `[['sku'], ['status', 'created_at']]`.
 * @param indent columns before the line that it begins in
 * @param used columns of that line before it
 */
export function nameLists(lists: readonly string[][], indent: number, used: number): string {
  const items = lists.map((names) => `[${names.map((name) => `'${name}'`).join(', ')}]`)
  const line = `[${items.join(', ')}]`
  // Biome breaks a matrix: more than one list, each of more than one name.
  const isMatrix = lists.length > 1 && lists.every((names) => names.length > 1)
  if (!isMatrix && fits(line, used)) return line
  const pad = ' '.repeat(indent + 2)
  return `[\n${items.map((item) => `${pad}${item},\n`).join('')}${' '.repeat(indent)}]`
}

/** An object literal: on one line if it fits into it, else one entry a line. */
export function objectText(
  entries: readonly (readonly [key: string, value: string])[],
  { indent, used }: { readonly indent: number; readonly used: number },
): string {
  const parts = entries.map(([key, value]) => (key === value ? key : `${key}: ${value}`))
  const line = `{ ${parts.join(', ')} }`
  if (fits(line, used)) return line
  const pad = ' '.repeat(indent + 2)
  return `{\n${parts.map((part) => `${pad}${part},\n`).join('')}${' '.repeat(indent)}}`
}

/** A chain of calls behind a name, as Biome breaks it when it is too long for its line. */
export function chainText(
  { head, links }: { readonly head: string; readonly links: readonly string[] },
  { indent, used }: { readonly indent: number; readonly used: number },
): string {
  const line = `${head}${links.join('')}`
  if (fits(line, used)) return line
  const calls = [head, ...links].filter((part) => part.includes('('))
  if (calls.length <= 2 && !calls.some((call) => /[[{]/.test(call))) {
    return brokenCall(line, indent)
  }
  const pad = ' '.repeat(indent + 2)
  const lines = links.map((link) => (fits(link, indent + 2) ? link : brokenCall(link, indent + 2)))
  return `${head}${lines.map((text) => `\n${pad}${text}`).join('')}`
}

/** A call whose argument, a text, goes onto a line of its own. */
function brokenCall(text: string, indent: number): string {
  const at = text.lastIndexOf("('") === -1 ? text.lastIndexOf('("') : text.lastIndexOf("('")
  const [before, inside] = [text.slice(0, at + 1), text.slice(at + 1, -1)]
  return `${before}\n${' '.repeat(indent + 2)}${inside},\n${' '.repeat(indent)})`
}

/** An array literal: on one line if it fits into it, else one item a line. */
export function arrayText(
  items: readonly string[],
  { indent, used }: { readonly indent: number; readonly used: number },
): string {
  const line = `[${items.join(', ')}]`
  if (fits(line, used)) return line
  const pad = ' '.repeat(indent + 2)
  return `[\n${items.map((item) => `${pad}${item},\n`).join('')}${' '.repeat(indent)}]`
}
