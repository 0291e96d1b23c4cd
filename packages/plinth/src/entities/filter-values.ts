import { z } from 'zod'
import type { FilterField } from '../data/index.ts'
import { bigint, timestamp } from '../data/index.ts'
import { isPlainNumber, NO_NUMBER } from '../http/index.ts'

/** Most values of one `in:` filter. */
const MOST_VALUES = 100
const LONGEST_TEXT = 1_000

/** The schema of a filter's value as it stands in a query, from its text to the value of a row. */
export function filterValue({ column }: Pick<FilterField, 'column'>): z.ZodType {
  const { kind, values } = column
  switch (kind.name) {
    case 'int':
      return numeric(z.int32(), { type: 'integer', format: 'int32' })
    case 'money':
      return numeric(z.int(), { type: 'integer' })
    case 'float':
      return numeric(z.number(), { type: 'number' })
    case 'boolean':
      return truth()
    case 'bigint':
      return bigint()
    case 'date':
      return guarded(z.iso.date())
    case 'timestamp':
      return z.string().meta({ format: 'date-time' }).pipe(timestamp())
    case 'enum':
      return z.enum(values ?? [])
    case 'text':
      return guarded(z.string().max(LONGEST_TEXT))
    default:
      return kind.wire(z.string())
  }
  function guarded(schema: z.ZodType): z.ZodType {
    return kind.guard?.(schema) ?? schema
  }
}

/** True or false, as text. */
export function truth(): z.ZodType<boolean> {
  return z
    .string()
    .refine((text) => text === 'true' || text === 'false', 'Must be true or false')
    .meta({ type: 'boolean' })
    .transform((text) => text === 'true')
}

function numeric(
  schema: z.ZodType<number, number>,
  shown: { type: 'integer' | 'number'; format?: string },
): z.ZodType {
  const kind = shown.type === 'integer' ? 'whole' : 'decimal'
  return z
    .string()
    .refine((text) => isPlainNumber(text, kind), NO_NUMBER)
    .meta(shown)
    .transform(Number)
    .pipe(schema)
}

/** One value, or `in:` and several with commas between them. */
export interface OneOrSeveral {
  readonly operator: 'eq' | 'in'
  readonly value: unknown
}

const SEVERAL = 'in:'

/** The schema of `field=value` and `field=in:a,b`. */
export function oneOrSeveral(value: z.ZodType): z.ZodType<OneOrSeveral> {
  return z.string().transform((text, context): OneOrSeveral => {
    const several = text.startsWith(SEVERAL)
    const texts = several ? text.slice(SEVERAL.length).split(',') : [text]
    if (texts.length > MOST_VALUES) {
      context.addIssue({ code: 'custom', message: `Must be at most ${MOST_VALUES} values` })
      return z.NEVER
    }
    const parsed = texts.map((one) => value.safeParse(one))
    const fault = parsed.find(({ success }) => !success)?.error?.issues[0]
    if (fault !== undefined) {
      context.addIssue({ code: 'custom', message: fault.message })
      return z.NEVER
    }
    const values = parsed.map(({ data }) => data)
    return several ? { operator: 'in', value: values } : { operator: 'eq', value: values[0] }
  })
}
