import { sqlName } from 'plinth/data'
import type { LiveTable } from './catalogue.ts'
import type { DeclaredSql } from './declared-sql.ts'
import { isOurConstraint, nameOf } from './names.ts'
import { phrase } from './phrase.ts'
import type { Piece } from './piece.ts'

/** The steps that make the keys and conditions of a table what is declared. */
export function constraintPieces(live: LiveTable, wanted: LiveTable, sql: DeclaredSql): Piece[] {
  const ours = [...live.constraints].filter(
    ([name, definition]) => wanted.constraints.has(name) || isOurConstraint(live, name, definition),
  )
  const changed = (name: string, definition: string) => wanted.constraints.get(name) !== definition
  const gone = ours.filter(([name, definition]) => changed(name, definition))
  const added = [...wanted.constraints].filter(
    ([name, definition]) => live.constraints.get(name) !== definition,
  )
  const renames = gone.flatMap(([from, definition]) => {
    const [to] =
      added.find(([name, other]) => other === definition && !live.constraints.has(name)) ?? []
    return to === undefined || wanted.constraints.has(from) ? [] : [{ from, to }]
  })
  const left = new Set(renames.flatMap(({ from, to }) => [from, to]))
  return [
    ...renames.map(({ from, to }) => renamed(live, from, to)),
    ...gone.filter(([name]) => !left.has(name)).map((one) => dropped(live, ...one)),
    ...added
      .filter(([name]) => !left.has(name))
      .flatMap(([name, definition]) =>
        addedConstraint(live, name, sql.constraints.get(name) ?? phrase(definition)),
      ),
  ]
}

function renamed(live: LiveTable, from: string, to: string): Piece {
  const rename = (one: string, other: string) =>
    `alter table ${nameOf(live)} rename constraint ${sqlName(one)} to ${sqlName(other)}`
  return { stage: 'drop', about: to, up: [rename(from, to)], down: [rename(to, from)] }
}

function dropped(live: LiveTable, name: string, definition: string): Piece {
  const alter = `alter table ${nameOf(live)}`
  return {
    stage: 'drop',
    about: name,
    up: [`${alter} drop constraint ${name}`],
    down: [`${alter} add constraint ${name} ${phrase(definition)}`],
  }
}

function addedConstraint(live: LiveTable, name: string, definition: string): Piece[] {
  const alter = `alter table ${nameOf(live)}`
  const drop = `${alter} drop constraint ${name}`
  if (/^unique/i.test(definition)) {
    const columns = definition.slice(definition.indexOf('('))
    const index = `create unique index concurrently ${name} on ${nameOf(live)} ${columns}`
    const gone = `drop index if exists ${sqlName(live.schema)}.${name}`
    const using = `${alter} add constraint ${name} unique using index ${name}`
    return [
      { stage: 'alone', about: name, up: [index], down: [gone] },
      { stage: 'finish', about: name, up: [using], down: [drop] },
    ]
  }
  const add = `${alter} add constraint ${name} ${definition} not valid`
  return [
    { stage: 'bind', about: name, up: [add], down: [drop] },
    { stage: 'alone', about: name, up: [`${alter} validate constraint ${name}`], down: [] },
  ]
}
