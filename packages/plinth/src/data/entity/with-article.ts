/** `a product`, `an item`, `a unit`: the article goes by how most English nouns sound. */
export function withArticle(noun: string): string {
  return `${/^[aeio]|^u(?!ni|s[ei])/.test(noun) ? 'an' : 'a'} ${noun}`
}
