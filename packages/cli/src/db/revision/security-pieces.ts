import type { LiveTable } from './catalogue.ts'
import { remadeColumns } from './column-pieces.ts'
import type { DeclaredSql } from './declared-sql.ts'
import { dropFunction, functionText } from './function-text.ts'
import { grantText } from './grant-text.ts'
import { nameOf } from './names.ts'
import { phrase, policyPhrase } from './phrase.ts'
import type { Piece } from './piece.ts'

/** The steps for what keeps tenants apart, and for the triggers and functions that the tool makes. */
export function securityPieces(live: LiveTable, wanted: LiveTable, sql: DeclaredSql): Piece[] {
  const table = nameOf(live)
  return [
    ...flag(live.secured, wanted.secured, `alter table ${table}`, ['enable', 'disable']),
    ...flag(live.forced, wanted.forced, `alter table ${table}`, ['force', 'no force']),
    ...named('policy', live, wanted, sql),
    ...named('trigger', live, wanted, sql),
    ...functionPieces(live, wanted, sql),
    ...grantPieces(live, wanted, sql),
  ]
}

function flag(
  is: boolean,
  should: boolean,
  alter: string,
  [on, off]: readonly [string, string],
): Piece[] {
  if (is === should) return []
  const say = (value: boolean) => `${alter} ${value ? on : off} row level security`
  return [{ stage: 'bind', about: 'rows', up: [say(should)], down: [say(is)] }]
}

/** Policies and triggers: by name; those of other names are kept by hand. */
function named(
  kind: 'policy' | 'trigger',
  live: LiveTable,
  wanted: LiveTable,
  sql: DeclaredSql,
): Piece[] {
  const part = kind === 'policy' ? 'policies' : 'triggers'
  const say = kind === 'policy' ? policyPhrase : phrase
  const drop = (name: string) => `drop ${kind} ${name} on ${nameOf(live)}`
  const gone = [...live[part]].filter(([name, definition]) => {
    const other = wanted[part].get(name)
    return other === undefined ? isOurs(live, name, definition) : other !== definition
  })
  const added = [...wanted[part]].filter(
    ([name, definition]) => live[part].get(name) !== definition,
  )
  return [
    ...gone.map(([about, definition]): Piece => {
      return { stage: 'drop', about, up: [drop(about)], down: [say(definition)] }
    }),
    ...added.map(([about, definition]): Piece => {
      const up = [sql.statements.get(about) ?? say(definition)]
      return { stage: 'bind', about, up, down: [drop(about)] }
    }),
  ]
}

function isOurs({ name: table }: LiveTable, name: string, definition: string): boolean {
  return (
    name.startsWith(`${table}_touch`) || /\bplinth_\w+\b/.test(definition.split('using')[0] ?? '')
  )
}

function functionPieces(
  { schema, ...live }: LiveTable,
  wanted: LiveTable,
  sql: DeclaredSql,
): Piece[] {
  const differs = (name: string) => {
    const [one, other] = [live.functions.get(name), wanted.functions.get(name)]
    return one?.text !== other?.text || one?.rights !== other?.rights
  }
  const gone = [...live.functions].filter(([name]) => differs(name))
  const added = [...wanted.functions].filter(([name]) => differs(name))
  return [
    ...gone.map(([about, old]): Piece => {
      const down = functionText(schema, about, old)
      return { stage: 'drop', about, up: [dropFunction(schema, about)], down }
    }),
    ...added.map(([about, fresh]): Piece => {
      const up = sql.functions.get(about) ?? functionText(schema, about, fresh)
      return { stage: 'bind', about, up, down: [dropFunction(schema, about)] }
    }),
  ]
}

/** Rights of the platform's roles; those of other roles are kept by hand. */
function grantPieces(live: LiveTable, wanted: LiveTable, sql: DeclaredSql): Piece[] {
  const remade = remadeColumns(live, wanted)
  const goes = (grant: string) => remade.some((column) => grant.includes(column))
  const missing = wanted.grants.filter((grant) => !live.grants.includes(grant) || goes(grant))
  const extra = live.grants.filter(
    (grant) => OURS.test(grant) && (!wanted.grants.includes(grant) || goes(grant)),
  )
  const roles = new Set(missing.map((grant) => grant.split(' ').at(-1)))
  const up = sql.security.filter(
    (text) => text.startsWith('grant') && roles.has(text.split(' ').at(-1)),
  )
  const down = missing.map((grant) => grantText('revoke', grant, live))
  const about = 'rights'
  return [
    ...(missing.length === 0 ? [] : [{ stage: 'bind', about, up, down } satisfies Piece]),
    ...extra.map((grant): Piece => {
      const revoke = grantText('revoke', grant, live)
      return { stage: 'drop', about, up: [revoke], down: [grantText('grant', grant, live)] }
    }),
  ]
}

const OURS = / plinth_\w+$/
