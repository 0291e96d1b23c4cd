import type { z } from 'zod'
import type { Clock, ErrorDetail } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import type { Column } from './column.ts'
import type { Declaration } from './declaration.ts'
import { entityProblems } from './entity.errors.ts'
import { oneFaultEach } from './one-fault.ts'
import type { Values } from './statements.ts'

/**
 * The given fields after their schemas; fields given as undefined count as not given.
 * @throws entity.invalid with the path of each field at fault
 */
export function parseFields(schema: z.ZodType, given: object, at = 'body'): Values {
  const result = schema.safeParse(withoutUndefined(given))
  if (result.success) return withoutUndefined(Object(result.data))
  const details = oneFaultEach(result.error.issues).map(
    ({ path, message, code }): ErrorDetail => ({
      path: [at, ...path.map(String)].join('/'),
      message,
      code,
    }),
  )
  throw entityProblems.invalid({ details })
}

/** A new row, with what `default('now')` and `default('uuid')` stand for. */
export function fillIn({ columns }: Declaration, given: Values, clock: Clock): Values {
  const generated = columns.flatMap((column) => {
    const value = given[column.name] === undefined ? generate(column, clock) : undefined
    return value === undefined ? [] : [[column.name, value]]
  })
  return { ...given, ...Object.fromEntries(generated) }
}

/**
 * Checks what was declared over several fields.
 * @throws entity.invalid with the path of each rule that does not hold
 */
export function checkRules({ rules }: Declaration, row: object, at = 'body'): void {
  const broken = rules.filter(({ holds }) => !holds(row))
  if (broken.length === 0) return
  throw entityProblems.invalid({
    details: broken.map(({ path, message }) => ({ path: `${at}/${path}`, message, code: 'rule' })),
  })
}

function generate({ fallback, kind }: Column, clock: Clock): string | undefined {
  if (fallback?.from === 'uuid') return newId()
  if (fallback?.from !== 'now') return undefined
  const now = new Date(clock.now()).toISOString()
  return kind.name === 'date' ? now.slice(0, 10) : now
}

function withoutUndefined(fields: object): Values {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
