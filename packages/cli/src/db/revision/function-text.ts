import { roles, sqlName } from 'plinth/data'
import type { LiveFunction } from './catalogue.ts'

/** The statement that takes a search function away. */
export function dropFunction(schema: string, name: string): string {
  return `drop function ${signature(schema, name)}`
}

/** The statements that make a search function anew, as it was. */
export function functionText(schema: string, name: string, live: LiveFunction): string[] {
  const called = signature(schema, name)
  const [, owner = '', callers = ''] = /^(?:of (\S+))? for (.*)$/.exec(live.rights) ?? []
  const named = callers.split(' ').filter((role) => role !== '')
  return [
    live.text,
    ...(named.includes('public') ? [] : [`revoke all on function ${called} from public`]),
    ...(named.length === 0 ? [] : [`grant execute on function ${called} to ${named.join(', ')}`]),
    ...(owner === roles.search ? givenToSearch(schema, called) : []),
  ]
}

/** The new owner of a function needs the right to make one where it stands, for that moment. */
function givenToSearch(schema: string, called: string): string[] {
  return [
    `grant create on schema ${sqlName(schema)} to ${roles.search}`,
    `alter function ${called} owner to ${roles.search}`,
    `revoke create on schema ${sqlName(schema)} from ${roles.search}`,
  ]
}

function signature(schema: string, name: string): string {
  return `${sqlName(schema)}.${name}(text, integer)`
}
