// In order: comments, texts (with and without escapes), names in quotes, bodies between dollars, the
// end of a statement, everything else.
const PART =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$[A-Za-z_]*\$)[\s\S]*?\1|;|[^;'"$\-/eE]+|[\s\S]/g

/** The statements of an SQL text, each as it is written, without its semicolon. */
export function statementsOf(sql: string): string[] {
  const statements: string[] = []
  let open = ''
  for (const [part] of sql.matchAll(PART)) {
    if (part !== ';') open += part
    else statements.push(open)
    if (part === ';') open = ''
  }
  return [...statements, open]
    .map((statement) => statement.trim())
    .filter((statement) => codeOf(statement) !== '')
}

/** What the server would read as code: comments left out, the content of texts too. */
export function codeOf(sql: string): string {
  return sql
    .replace(PART, (part) => {
      if (part.startsWith('--') || part.startsWith('/*')) return ' '
      return /^(?:[eE]?'|\$)./s.test(part) ? "''" : part
    })
    .trim()
}
