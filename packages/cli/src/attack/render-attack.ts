import { placeText } from '../service-process/declared-places.ts'
import type { AttackedRoute, AttackReport, Hole, Verdict } from './attack-report.ts'

/** A column of the table: a way of attack, and the word above it. */
export interface Column {
  readonly name: string
  readonly column: string
}

const SIGNS: Readonly<Record<Verdict, string>> = {
  held: 'ok',
  hole: 'HOLE',
  unreached: '?',
  none: '·',
}

/** The table of an attack: a line a route, a column each way. */
export function attackTable({ routes }: AttackReport, columns: readonly Column[]): string {
  const used = columns.filter(({ name }) =>
    routes.some(({ verdicts }) => (verdicts[name] ?? 'none') !== 'none'),
  )
  const width = Math.max(...routes.map(({ route }) => route.length), 5)
  const head = `${'route'.padEnd(width)}  ${used.map(({ column }) => column.padEnd(7)).join(' ')}  who may call`
  const lines = [...routes].sort(byPath).map((one) => line(one, used, width))
  return [head, ...lines].join('\n')
}

function line(
  { route, access, verdicts }: AttackedRoute,
  columns: readonly Column[],
  width: number,
): string {
  const cells = columns.map(({ name }) => SIGNS[verdicts[name] ?? 'none'].padEnd(7)).join(' ')
  return `${route.padEnd(width)}  ${cells}  ${access}`
}

function byPath(a: AttackedRoute, b: AttackedRoute): number {
  const key = ({ route }: AttackedRoute) => route.split(' ').toReversed().join(' ')
  return key(a) < key(b) ? -1 : 1
}

/** One hole, with the line of the source that opens it. */
export function holeLine({ vector, route, what, place, more }: Hole): string {
  const where = place === undefined ? '' : `  (${placeText(place)})`
  const others = more === 0 ? '' : ` (and in ${more} more ${more === 1 ? 'way' : 'ways'})`
  return `HOLE  ${route ?? 'the database'}  [${vector}] ${what}${others}${where}`
}

/** The whole attack in one line. */
export function attackSummary({ requests, holes }: AttackReport): string {
  const count = holes.length === 1 ? '1 hole' : `${holes.length} holes`
  return `attack: ${requests} requests, ${count}`
}
