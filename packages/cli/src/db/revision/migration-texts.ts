import { afterLine, codeOf, NO_TRANSACTION } from 'plinth/data'
import { type Piece, stages } from './piece.ts'

/** One migration to be written. */
export interface MigrationText {
  /** `0004_add_weight`. */
  readonly name: string
  readonly up: string
  readonly down: string
}

/** The last migration there is, which the new ones come after. */
export interface Last {
  readonly name: string | undefined
  readonly number: number
}

const NOTHING_TO_UNDO = '-- Nothing to undo here: the migration before this one takes it away.'

/**
 * The migrations that pieces make: one for all that may share a transaction, then one for each
 * statement that may not, then one for what had to wait for those.
 */
export function migrationTexts(
  pieces: readonly Piece[],
  { slug, last }: { slug: string; last: Last },
): MigrationText[] {
  const staged = stages.flatMap((stage) => pieces.filter((piece) => piece.stage === stage))
  const first = staged.filter(({ stage }) => stage !== 'alone' && stage !== 'finish')
  const alone = staged.filter(({ stage }) => stage === 'alone')
  const finish = staged.filter(({ stage }) => stage === 'finish')
  const groups = [first, ...alone.map((piece) => [piece]), finish].filter(
    (group) => group.length > 0,
  )
  let [{ number }, before] = [last, last.name]
  return groups.map((group) => {
    number += 1
    const name = `${String(number).padStart(4, '0')}_${partName(slug, group, groups)}`
    const isAlone = group[0]?.stage === 'alone'
    const head = [afterLine(before), ...(isAlone ? [NO_TRANSACTION] : [])].join('\n')
    before = name
    return { name, up: `${head}\n\n${upText(group)}`, down: downText(group) }
  })
}

/** Later parts are told apart by what they are about. */
function partName(slug: string, group: readonly Piece[], groups: readonly (readonly Piece[])[]) {
  if (group === groups[0]) return slug
  const [piece] = group
  return `${slug}_${piece?.stage === 'finish' ? 'finish' : piece?.about}`
}

/** A whole table is a paragraph with paragraphs; other statements stand one below the other. */
function upText(group: readonly Piece[]): string {
  const tables = group.filter(({ stage }) => stage === 'table').flatMap(({ up }) => up)
  const before = group.filter(({ stage }) => stage === 'rename' || stage === 'drop')
  const after = group.filter((piece) => piece.stage !== 'table' && !before.includes(piece))
  return [lines(before.flatMap(({ up }) => up)), ...tables, lines(after.flatMap(({ up }) => up))]
    .filter((text) => text !== '')
    .join('\n')
}

function downText(group: readonly Piece[]): string {
  const text = lines(group.toReversed().flatMap(({ down }) => down))
  return text === '' ? `${NOTHING_TO_UNDO}\n` : text
}

function lines(statements: readonly string[]): string {
  return statements.map((text) => (codeOf(text) === '' ? `${text}\n` : `${text};\n`)).join('')
}

/**
 * A message as the name of a file: `add weight & größe` → `add_weight_grosse`; empty where none of it is
 * a Latin letter or a digit.
 */
export function slugOf(message: string): string {
  const slug = message
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
  return slug.slice(0, 60).replace(/_$/, '')
}
