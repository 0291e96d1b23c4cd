/**
 * Splits CSV into rows of fields (RFC 4180): quotes around fields with commas, quotes or line breaks,
 * a quote inside written twice. A byte order mark and empty lines are passed over.
 * @throws SyntaxError for a quote that is not closed
 */
export function csvRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  // A field, and what ends it: a comma, the end of the line, or the end of the text.
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy
  pattern.lastIndex = text.startsWith('\ufeff') ? 1 : 0
  while (pattern.lastIndex <= text.length) {
    const at = pattern.lastIndex
    const found = pattern.exec(text)
    if (found === null) throw new SyntaxError(`line ${lineOf(text, at)} has a quote out of place`)
    const [, quoted, plain = '', end] = found
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
    if (end === '') break
  }
  return rows
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length
}
