import type { Expandable } from './expansions.ts'
import { expandFault } from './expansions.ts'
import { nameList } from './name-list.ts'
import { offeredWhere } from './offered-fields.ts'
import type { ShownRows } from './shown-rows.ts'

/** `fields`, and `expand` where there is something to expand: what a list and one row share. */
export function choiceParameters(rows: ShownRows, expandables: readonly Expandable[]) {
  const fields = nameList((name) => (rows.names.has(name) ? undefined : 'There is no such field.'))
  const expand = nameList((name) => expandFault(expandables, name))
  const names = expandables.map(({ name }) => name).join(', ')
  return {
    fields: fields.optional().describe('Only these fields, with commas between them: id,name'),
    ...offeredWhere(expandables.length > 0, {
      expand: expand.optional().describe(`References to expand: ${names}`),
    }),
  }
}
