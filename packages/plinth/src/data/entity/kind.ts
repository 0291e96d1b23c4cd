import type { z } from 'zod'
import type { Mark } from './mark.ts'
import type { Operator } from './operators.ts'
import type { Definition } from './refusals.ts'

/** One row of the closed list of what a column may be. */
export interface Kind {
  readonly name: string
  /** Whether a schema, its wrappers taken off, is of this kind. */
  readonly is: (definition: Definition, mark: Mark | undefined) => boolean
  /** The column's type, as PostgreSQL's catalogue prints it. */
  readonly sqlType: (schema: z.ZodType) => string
  /**
   * What a filter may ask of a column: only what PostgreSQL answers by index below a row-level
   * policy, which are LEAKPROOF operators.
   */
  readonly operators: readonly Operator[]
  /** The declared schema plus what every value of the kind must keep to. */
  readonly guard?: (schema: z.ZodType) => z.ZodType
  /** What an answer carries: the type alone, as a row was checked when it came in. */
  readonly wire: (schema: z.ZodType) => z.ZodType
  /** The value of a row, where the driver gives something else (see row-values.ts). */
  readonly read?: (value: unknown) => unknown
  /** What the driver takes, from the value of a row. */
  readonly write?: (value: unknown) => unknown
  /** What `default('now')` or `default('uuid')` mean here. */
  readonly generated?: 'now' | 'uuid'
}

/** The schema, refusing besides what `fault` names in a value that has no fault yet. */
export function refuseWhere(
  schema: z.ZodType,
  fault: (value: unknown) => string | undefined,
): z.ZodType {
  return schema.check((context) => {
    const message = context.issues.length === 0 ? fault(context.value) : undefined
    if (message === undefined) return
    context.issues.push({ code: 'custom', message, input: context.value })
  })
}
