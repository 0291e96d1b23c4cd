import { z } from 'zod'
import type { AnyEntity, Declaration, SortField } from '../data/index.ts'
import { listOrder } from '../data/index.ts'
import { EMPTY_NAME, refusal } from './name-list.ts'

const LONGEST = 200

/** The query parameter `sort=-created_at,name`: fields with an index to walk, `-` for descending. */
export function sortParameter({
  declaration,
}: Pick<AnyEntity, 'declaration'>): z.ZodType<readonly SortField[] | undefined> {
  const names = sortableNames(declaration).join(', ')
  return sortSchema(declaration)
    .optional()
    .describe(`Fields with commas between them, - before those that descend: ${names}`)
}

function sortSchema(declaration: Declaration): z.ZodType<readonly SortField[]> {
  return z
    .string()
    .max(LONGEST)
    .transform((text, context) => {
      const sort = text.split(',').map(fieldOf)
      const answer = listOrder(declaration, sort)
      if (answer.code === 'ordered') return sort
      const message = answer.field === '' ? EMPTY_NAME : refusal(answer.field, answer.message)
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
}

/** Names that a list can be sorted by alone, for the documents. */
function sortableNames(declaration: Declaration): readonly string[] {
  const names = ['created_at', 'updated_at', 'id', ...declaration.columns.map(({ name }) => name)]
  return names.filter(
    (field) => listOrder(declaration, [{ field, descending: false }]).code === 'ordered',
  )
}

function fieldOf(text: string): SortField {
  const descending = text.startsWith('-')
  return { field: descending ? text.slice(1) : text, descending }
}
