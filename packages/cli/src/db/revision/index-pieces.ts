import { sqlName } from 'plinth/data'
import type { LiveTable } from './catalogue.ts'
import { remadeColumns } from './column-pieces.ts'
import type { DeclaredSql } from './declared-sql.ts'
import { isOurIndex } from './names.ts'
import { phrase } from './phrase.ts'
import type { Piece } from './piece.ts'

/** The steps that make the indexes of a table what is declared. */
export function indexPieces(live: LiveTable, wanted: LiveTable, sql: DeclaredSql): Piece[] {
  const ours = [...live.indexes].filter(
    ([name, definition]) => wanted.indexes.has(name) || isOurIndex(live, name, definition),
  )
  const remade = remadeColumns(live, wanted)
  const same = (name: string, definition: string) =>
    wanted.indexes.get(name) === definition && !remade.some((column) => definition.includes(column))
  const gone = ours.filter(([name, definition]) => !same(name, definition))
  const added = [...wanted.indexes].filter(([name]) => !same(name, live.indexes.get(name) ?? ''))
  const renames = gone.flatMap(([from, definition]) => {
    const alike = added.find(([, other]) => unnamed(other) === unnamed(definition))
    return alike === undefined || wanted.indexes.has(from) ? [] : [{ from, to: alike[0] }]
  })
  const left = new Set(renames.flatMap(({ from, to }) => [from, to]))
  return [
    ...renames.map(({ from, to }) => renamed(live, from, to)),
    ...gone.filter(([name]) => !left.has(name)).map((one) => dropped(live, ...one)),
    ...added
      .filter(([name]) => !left.has(name))
      .map(([name, definition]) =>
        addedIndex(live, name, sql.statements.get(name) ?? phrase(definition)),
      ),
  ]
}

function unnamed(definition: string): string {
  return definition.replace(/INDEX \S+ ON/, 'INDEX ON')
}

function renamed(live: LiveTable, from: string, to: string): Piece {
  const schema = sqlName(live.schema)
  return {
    stage: 'drop',
    about: to,
    up: [`alter index ${schema}.${from} rename to ${to}`],
    down: [`alter index ${schema}.${to} rename to ${from}`],
  }
}

function dropped(live: LiveTable, name: string, definition: string): Piece {
  const up = [`drop index ${sqlName(live.schema)}.${name}`]
  return { stage: 'drop', about: name, up, down: [phrase(definition)] }
}

function addedIndex(live: LiveTable, name: string, statement: string): Piece {
  return {
    stage: 'alone',
    about: name,
    up: [statement.replace(/\bindex\b/, 'index concurrently')],
    down: [`drop index ${sqlName(live.schema)}.${name}`],
  }
}
