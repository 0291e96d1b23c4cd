import { sqlName } from 'plinth/data'
import type { LiveTable } from './catalogue.ts'
import { columnText } from './column-pieces.ts'
import { functionText } from './function-text.ts'
import { grantText } from './grant-text.ts'
import { nameOf } from './names.ts'
import { phrase, policyPhrase } from './phrase.ts'

/** The statements that make a table of the catalogue anew, empty: the way back from DROP TABLE. */
export function tableText(live: LiveTable): string[] {
  const table = nameOf(live)
  const width = Math.max(...[...live.columns.keys()].map((name) => sqlName(name).length))
  const columns = [...live.columns].map(
    ([name, column]) => `${sqlName(name).padEnd(width)} ${columnText(column)}`,
  )
  const constraints = [...live.constraints].map(
    ([name, definition]) => `constraint ${name} ${phrase(definition)}`,
  )
  return [
    `create table ${table} (\n${[...columns, ...constraints].map((line) => `  ${line}`).join(',\n')}\n)`,
    ...[...live.indexes.values()].map(phrase),
    ...[...live.triggers.values()].map(phrase),
    ...(live.secured ? [`alter table ${table} enable row level security`] : []),
    ...(live.forced ? [`alter table ${table} force row level security`] : []),
    ...[...live.policies.values()].map(policyPhrase),
    ...grants(live),
    ...[...live.functions].flatMap(([name, one]) => functionText(live.schema, name, one)),
  ]
}

function grants(live: LiveTable): string[] {
  const whole = live.grants.filter((grant) => !grant.includes('('))
  const roles = [...new Set(whole.map((grant) => grant.split(' ')[1] ?? ''))]
  const joined = roles.map((role) => {
    const own = whole.filter((grant) => grant.endsWith(` ${role}`))
    return `${own.map((grant) => grant.split(' ')[0]).join(', ')} ${role}`
  })
  const parts = live.grants.filter((grant) => !whole.includes(grant))
  return [...joined, ...parts].map((grant) => grantText('grant', grant, live))
}
