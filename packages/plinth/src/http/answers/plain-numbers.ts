import type { z } from 'zod'

// What JSON writes, and a whole number without a fraction or an exponent.
const PLAIN = {
  whole: /^(?:0|-?[1-9]\d*)$/,
  decimal: /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d{1,3})?$/,
} as const
const LONGEST = 40

/** Said wherever a text that stands for a number is none. */
export const NO_NUMBER = 'Must be a number in plain digits, such as 10.'

/**
 * Whether a text of a path or a query is a number as people write it. JavaScript's own reading takes
 * `0x10`, `+5`, `05`, blanks around it, and nothing at all for 0: what a proxy, a log and we read must
 * be one number.
 */
export function isPlainNumber(text: string, kind: keyof typeof PLAIN): boolean {
  return text.length <= LONGEST && PLAIN[kind].test(text)
}

/**
 * Makes what reads the numbers of a path or a query before their schema does, which would take any
 * text that JavaScript takes: one that is no plain number becomes none at all.
 * @param schema of an object whose fields may say `z.coerce.number()`
 */
export function plainNumbersOf(schema: z.core.$ZodType): (input: unknown) => unknown {
  const numbers = numberFields(schema)
  if (numbers.length === 0) return (input) => input
  return (input) => {
    const given = input as Readonly<Record<string, unknown>>
    const faults = numbers.filter(({ name, kind }) => {
      const text = given[name]
      return text !== undefined && !(typeof text === 'string' && isPlainNumber(text, kind))
    })
    if (faults.length === 0) return input
    return { ...given, ...Object.fromEntries(faults.map(({ name }) => [name, Number.NaN])) }
  }
}

interface NumberField {
  readonly name: string
  readonly kind: keyof typeof PLAIN
}

interface Definition {
  readonly type: string
  readonly coerce?: boolean
  readonly checks?: readonly z.core.$ZodCheck[]
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly innerType?: z.core.$ZodType
  readonly in?: z.core.$ZodType
}

function numberFields(schema: z.core.$ZodType): readonly NumberField[] {
  const { shape = {} } = schema._zod.def as Definition
  return Object.entries(shape).flatMap(([name, field]) => {
    const { type, coerce, checks = [] } = innermost(field)._zod.def as Definition
    if (type !== 'number' || coerce !== true) return []
    const whole = checks.some(({ _zod: { def } }) => def.check === 'number_format')
    return [{ name, kind: whole ? 'whole' : 'decimal' }]
  })
}

/** What stands behind optional(), default() and the first step of a pipe. */
function innermost(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType, in: first } = schema._zod.def as Definition
  const behind = innerType ?? first
  return behind === undefined ? schema : innermost(behind)
}
