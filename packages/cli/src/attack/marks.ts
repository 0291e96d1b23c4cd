import type { AnyEntity } from 'plinth/data'
import type { Seeded } from './seeded-rows.ts'

/** Values that only certain rows hold: an answer with one of them shows these rows. */
export interface Marks {
  /** Everything of a tenant's rows. */
  readonly all: readonly string[]
  /** What hidden columns hold: nobody may ever be answered it. */
  readonly hidden: readonly string[]
}

const SHORTEST_TEXT = 8
/** A shorter number may stand in any answer by chance. */
const SHORTEST_NUMBER = 7
/** Kinds whose values say nothing about where they come from. */
const COMMON = new Set(['enum', 'boolean', 'date', 'timestamp'])

/** The marks of a tenant's rows. Rows that belong to nobody are everybody's, and mark nothing. */
export function marksOf(entities: readonly AnyEntity[], { rows }: Seeded): Marks {
  const [all, hidden] = [new Set<string>(), new Set<string>()]
  for (const entity of entities.filter(({ declaration }) => declaration.owned !== 'nobody')) {
    const seeded = rows.get(entity.name)
    for (const row of seeded === undefined ? [] : [seeded.kept, seeded.own]) {
      all.add(row.id)
      for (const column of entity.declaration.columns) {
        if (COMMON.has(column.kind.name) || column.reference !== undefined) continue
        const texts = textsIn(row[column.name])
        for (const text of texts) all.add(text)
        if (column.hidden) for (const text of texts) hidden.add(text)
      }
    }
  }
  return { all: [...all], hidden: [...hidden] }
}

/** Every text and number in a value that is long enough to be told from others. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length >= SHORTEST_TEXT ? [value] : []
  if (typeof value === 'number')
    return Math.abs(value) >= 10 ** (SHORTEST_NUMBER - 1) ? [String(value)] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

/** The first mark in an answer; what the caller itself sent does not count. */
export function markIn(
  text: string,
  marks: readonly string[],
  sent: readonly (string | undefined)[],
): string | undefined {
  return marks.find(
    (mark) => shows(text, mark) && !sent.some((one) => one !== undefined && shows(one, mark)),
  )
}

/** Whether a mark stands in a text as JSON or a page would write it; a number only where no further digit follows. */
export function shows(text: string, mark: string): boolean {
  if (!/^-?\d+$/.test(mark))
    return text.includes(mark) || text.includes(JSON.stringify(mark).slice(1, -1))
  return text.includes(mark) && new RegExp(`(?<!\\d)${mark}(?!\\d)`).test(text)
}
