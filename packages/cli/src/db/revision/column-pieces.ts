import { sqlName } from 'plinth/data'
import { castText } from './cast-text.ts'
import type { LiveColumn, LiveTable } from './catalogue.ts'
import type { DeclaredSql } from './declared-sql.ts'
import { fillFor } from './fill.ts'
import { nameOf, notNullName } from './names.ts'
import { phrase, typePhrase } from './phrase.ts'
import { losing, type Piece } from './piece.ts'

/** The steps that make the columns of a table what is declared. */
export function columnPieces(live: LiveTable, wanted: LiveTable, sql: DeclaredSql): Piece[] {
  const gone = [...live.columns].filter(([name]) => !wanted.columns.has(name))
  const kept = [...wanted.columns].flatMap(([name, column]): Piece[] => {
    const old = live.columns.get(name)
    const place = { live, name, definition: sql.columns.get(name) ?? columnText(column) }
    if (old === undefined) return addedColumn(place, column)
    return old.generated || column.generated
      ? remadeColumn(place, old, column)
      : changedColumn(place, old, column)
  })
  return [...gone.map(([name, column]) => droppedColumn(live, name, column)), ...kept]
}

interface Place {
  readonly live: LiveTable
  readonly name: string
  /** As the declaration says it. */
  readonly definition: string
}

function addedColumn(place: Place, column: LiveColumn): Piece[] {
  const { live, name, definition } = place
  const alter = `alter table ${nameOf(live)}`
  const down = [
    losing(`every value of ${nameOf(live)}.${name}`),
    `${alter} drop column ${sqlName(name)}`,
  ]
  const bare = column.required && column.expression === undefined
  const up = `${alter} add column ${sqlName(name)} ${bare ? definition.replace(/ not null\b/, '') : definition}`
  const note = [...rewriting(column), ...(bare ? filling(place) : [])]
  const added: Piece = { stage: 'column', about: name, up: [...note, up], down }
  return bare ? [added, ...required(place)] : [added]
}

function rewriting({ generated, expression = '' }: LiveColumn): string[] {
  const slow = generated || /gen_random_uuid|random\(/.test(expression)
  return slow ? ['-- Rewrites the table: nobody reads or writes it meanwhile.'] : []
}

/** The owner is bound by row-level security too and sees no rows while it is forced. */
function filling({ live, name }: Place): string[] {
  const table = nameOf(live)
  const column = sqlName(name)
  return [
    `-- Rows without a value for ${name} stop the migration that validates. To fill them here:`,
    `--   alter table ${table} no force row level security;`,
    `--   update ${table} set ${column} = … where ${column} is null;`,
    `--   alter table ${table} force row level security;`,
    '-- Versions of the service that do not write the column cannot insert from here on.',
  ]
}

/** NOT NULL without reading the whole table under a lock that keeps everybody out. */
function required({ live, name }: Place): Piece[] {
  const alter = `alter table ${nameOf(live)}`
  const check = notNullName(live.name, name)
  const bound = `${alter} add constraint ${check} check (${sqlName(name)} is not null) not valid`
  const loose = `${alter} drop constraint ${check}`
  const column = `${alter} alter column ${sqlName(name)}`
  return [
    { stage: 'bind', about: check, up: [bound], down: [loose] },
    { stage: 'alone', about: check, up: [`${alter} validate constraint ${check}`], down: [] },
    {
      stage: 'finish',
      about: check,
      up: [`${column} set not null`, loose],
      down: [`${column} drop not null`, bound],
    },
  ]
}

function droppedColumn(live: LiveTable, name: string, column: LiveColumn): Piece {
  const alter = `alter table ${nameOf(live)}`
  const what = `every value of ${nameOf(live)}.${name}`
  const fill = fillFor(live, name, column)
  const back = `${alter} add column ${sqlName(name)} ${columnText(column)}`
  const up = `${alter} drop column ${sqlName(name)}`
  return {
    stage: 'column',
    about: name,
    ...(!column.generated && { loses: what }),
    up: column.generated ? [up] : [losing(what), up],
    down: [
      ...rewriting({ ...column, expression: fill ?? column.expression }),
      ...(fill === undefined
        ? [back]
        : [`${back} default ${fill}`, `${alter} alter column ${sqlName(name)} drop default`]),
    ],
  }
}

function remadeColumn(place: Place, old: LiveColumn, column: LiveColumn): Piece[] {
  if (sameColumn(old, column)) return []
  return [droppedColumn(place.live, place.name, old), ...addedColumn(place, column)]
}

/** Whether two columns are one: type, NOT NULL, default. */
export function sameColumn(one: LiveColumn, other: LiveColumn): boolean {
  return (
    one.type === other.type &&
    one.required === other.required &&
    one.expression === other.expression &&
    one.generated === other.generated
  )
}

function changedColumn(place: Place, old: LiveColumn, column: LiveColumn): Piece[] {
  const about = place.name
  const alter = `alter table ${nameOf(place.live)} alter column ${sqlName(about)}`
  const pieces = [...changedValues(place, old, column)]
  if (old.required && !column.required) {
    const [up, down] = [`${alter} drop not null`, `${alter} set not null`]
    pieces.push({ stage: 'column', about, up: [up], down: [down] })
  }
  if (old.required || !column.required) return pieces
  const [bound, ...rest] = required(place)
  if (bound === undefined) return pieces
  return [...pieces, { ...bound, up: [...filling(place), ...bound.up] }, ...rest]
}

/** Type and default. A default that changes with the type goes first: PostgreSQL casts few of them. */
function changedValues(place: Place, old: LiveColumn, column: LiveColumn): Piece[] {
  const { expression: from } = old
  const { expression: to } = column
  if (old.type === column.type) return changedDefault(place, from, to)
  const type = changedType(place, old, column)
  if (from === to) return [type]
  return [...changedDefault(place, from, undefined), type, ...changedDefault(place, undefined, to)]
}

function changedDefault(
  { live, name }: Place,
  from: string | undefined,
  to: string | undefined,
): Piece[] {
  if (from === to) return []
  const alter = `alter table ${nameOf(live)} alter column ${sqlName(name)}`
  const say = (expression: string | undefined) =>
    expression === undefined
      ? `${alter} drop default`
      : `${alter} set default ${phrase(expression)}`
  return [{ stage: 'column', about: name, up: [say(to)], down: [say(from)] }]
}

function changedType({ live, name }: Place, old: LiveColumn, column: LiveColumn): Piece {
  const alter = `alter table ${nameOf(live)} alter column ${sqlName(name)} type`
  const to = (type: string, from: string) =>
    `${alter} ${typePhrase(type)} using ${castText(sqlName(name), from, type)}`
  const wide = isWider(old.type, column.type)
  const what = `what of ${nameOf(live)}.${name} does not fit ${typePhrase(column.type)}`
  const quick = wide && !/int$|integer|double/.test(column.type)
  const slow = '-- Rewrites the table: nobody reads or writes it meanwhile.'
  return {
    stage: 'column',
    about: name,
    ...(!wide && { loses: what }),
    up: [
      ...(wide ? [] : [losing(what)]),
      ...(quick ? [] : [slow]),
      quick ? `${alter} ${typePhrase(column.type)}` : to(column.type, old.type),
    ],
    down: [slow, to(old.type, column.type)],
  }
}

/** Whether every value of a type has its like in the other. */
function isWider(from: string, to: string): boolean {
  const length = (type: string) =>
    Number(/^character varying\((\d+)\)$/.exec(type)?.[1] ?? Number.NaN)
  if (to === 'text') return !Number.isNaN(length(from))
  if (from === 'integer') return to === 'bigint' || to === 'double precision'
  return length(to) >= length(from)
}

/** A column of the catalogue as CREATE TABLE says it. */
export function columnText({ type, required, expression, generated }: LiveColumn): string {
  const text = `${typePhrase(type)}${required ? ' not null' : ''}`
  if (expression === undefined) return text
  return generated
    ? `${text} generated always as (${phrase(expression)}) stored`
    : `${text} default ${phrase(expression)}`
}

/** Columns that are dropped and made anew, which takes indexes and rights along. */
export function remadeColumns(live: LiveTable, wanted: LiveTable): string[] {
  return [...wanted.columns].flatMap(([name, { generated, expression }]) => {
    const old = live.columns.get(name)
    const changed = old !== undefined && (old.generated || generated)
    return changed && old.expression !== expression ? [name] : []
  })
}
