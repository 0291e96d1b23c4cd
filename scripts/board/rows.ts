/** One thing that the security boards ask for. */
export interface Row {
  /** `SB-04`, or `v5.0.0-V7.2.4` for a row of OWASP ASVS 5.0.0. */
  readonly id: string
  /** Matrix (`SB`) or ASVS chapter (`V7`). */
  readonly matrix: string
  /** ASVS level; empty for the attack matrices. */
  readonly level: string
  /** BB by requests, WB by looking inside, DOC by a document, DEP by a deployment setting. */
  readonly kind: string
  readonly title: string
  /** `todo`, `later(<milestone>)` or `n/a(<reason>)`. */
  readonly state: string
}

const COLUMNS = 'id,matrix,level,kind,title,state'
const STATE = /^(todo|later\([a-z-]+\)|n\/a\(.+\))$/

/**
 * Reads rows.csv.
 * @throws Error naming the line that is no row
 */
export function parseRows(csv: string): Row[] {
  const [head, ...lines] = csv.trimEnd().split('\n')
  if (head !== COLUMNS) throw new Error(`rows.csv begins with "${COLUMNS}"`)
  const rows = lines.map((line, index) => rowOf(line, index + 2))
  const ids = rows.map(({ id }) => id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw new Error(`rows.csv has ${twice} twice`)
  return rows
}

function rowOf(line: string, number: number): Row {
  const [id, matrix, level, kind, title, state, ...rest] = cells(line)
  const complete = id && matrix && kind && title && state && rest.length === 0
  if (!complete || level === undefined || !STATE.test(state)) {
    throw new Error(`rows.csv:${number} is no row: ${line}`)
  }
  return { id, matrix, level, kind, title, state }
}

/** One line of CSV; a cell with a comma stands in double quotes. */
const cells = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
