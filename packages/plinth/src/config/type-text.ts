import { z } from 'zod'
import { shapeOf } from './shape.ts'

/** What a setting takes, as a person reads it: `a whole number from 1 to 65535`. */
export function typeText(schema: z.core.$ZodType): string {
  const { base } = shapeOf(schema)
  if (base instanceof z.ZodNumber) return numberText(base)
  if (base instanceof z.ZodBoolean) return 'true or false'
  if (base instanceof z.ZodString) return stringText(base)
  if (base instanceof z.ZodEnum) return `one of ${base.options.join(', ')}`
  if (base instanceof z.ZodLiteral) return [...base.values].join(' or ')
  if (base instanceof z.ZodArray) return `a list: ${typeText(base.element)}`
  if (base instanceof z.ZodUnion) return base.options.map(typeText).join(', or ')
  if (base instanceof z.ZodObject || base instanceof z.ZodRecord) return 'a block of keys'
  return 'text'
}

function numberText(schema: z.ZodNumber): string {
  const whole = schema.isInt ? 'a whole number' : 'a number'
  const from = finite(schema.minValue)
  const to = finite(schema.maxValue)
  if (from !== undefined && to !== undefined) return `${whole} from ${from} to ${to}`
  if (from !== undefined) return `${whole}, at least ${from}`
  return to === undefined ? whole : `${whole}, at most ${to}`
}

// An integer schema carries the bounds of its own format; they tell a reader nothing.
function finite(bound: number | null): number | undefined {
  if (bound === null || Math.abs(bound) >= 2_147_483_647) return undefined
  return bound
}

function stringText(schema: z.ZodString): string {
  const { minLength, maxLength } = schema
  const meaning = z.globalRegistry.get(schema)?.['takes']
  if (typeof meaning === 'string') return meaning
  if (minLength === null || minLength === 0) {
    return maxLength === null ? 'text' : `text of at most ${maxLength} characters`
  }
  if (maxLength !== null) return `text of ${minLength} to ${maxLength} characters`
  return minLength === 1 ? 'text that is not empty' : `text of at least ${minLength} characters`
}
