import type { Expandable } from './expansions.ts'
import { expandFault } from './expansions.ts'
import { nameList } from './name-list.ts'
import { offeredWhere } from './offered-fields.ts'
import type { ShownRows } from './shown-rows.ts'

/** `fields`, and `expand` where there is something to expand: what a list and one row share. */
export function choiceParameters(rows: ShownRows, expandables: readonly Expandable[]) {
  return {
    fields: fieldsParameter(rows),
    ...offeredWhere(expandables.length > 0, { expand: expandParameter(expandables) }),
  }
}

/** The query parameter `fields=id,name`: what alone is to be shown. */
export function fieldsParameter({ names }: Pick<ShownRows, 'names'>) {
  return nameList((name) => (names.has(name) ? undefined : 'There is no such field.'))
    .optional()
    .describe('Only these fields, with commas between them: id,name')
}

/** The query parameter `expand=category`: references whose rows are to stand beside. */
export function expandParameter(expandables: readonly Expandable[]) {
  const names = expandables.map(({ name }) => name).join(', ')
  return nameList((name) => expandFault(expandables, name))
    .optional()
    .describe(`References to expand: ${names}`)
}
