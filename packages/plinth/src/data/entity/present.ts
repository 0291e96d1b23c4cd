import type { Declaration } from './declaration.ts'

/** Makes the function that turns a row into what an answer carries. */
export function presenterOf({
  columns,
  computed,
}: Declaration): (row: object) => Record<string, unknown> {
  const hidden = columns.filter((column) => column.hidden).map(({ name }) => name)
  return (row) => {
    const shown: Record<string, unknown> = { ...row }
    for (const { name, from } of computed) shown[name] = from(row)
    for (const name of hidden) delete shown[name]
    return shown
  }
}
