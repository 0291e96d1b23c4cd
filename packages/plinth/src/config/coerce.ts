import { z } from 'zod'
import { shapeOf } from './shape.ts'
import type { TreeScalar } from './tree.ts'

const NUMBER = /^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
])

/**
 * Turns a scalar into what its schema wants: text into a number, a boolean or a list (`a, b` or a
 * JSON array). What does not fit stays as it is, so that the schema names the mistake.
 */
export function coerceScalar(schema: z.core.$ZodType, scalar: TreeScalar): unknown {
  const { base } = shapeOf(schema)
  const { value } = scalar
  if (base instanceof z.ZodUnion) return coerceUnion(base, scalar)
  if (base instanceof z.ZodArray) return listOf(String(value), base.element)
  if (base instanceof z.ZodNumber && typeof value === 'string') return asNumber(value)
  if (base instanceof z.ZodBoolean && value !== null) return asBoolean(value)
  if (isTextual(base) && value !== null && typeof value !== 'string') return scalar.text
  return value
}

function coerceUnion(schema: z.ZodUnion, scalar: TreeScalar): unknown {
  for (const option of schema.options) {
    const candidate = coerceScalar(option, scalar)
    if (z.safeParse(option, candidate).success) return candidate
  }
  return scalar.value
}

function isTextual(schema: z.core.$ZodType): boolean {
  return schema._zod.def.type === 'string' || schema._zod.def.type === 'enum'
}

function asNumber(text: string): unknown {
  return NUMBER.test(text.trim()) ? Number(text) : text
}

function asBoolean(value: string | number | boolean): unknown {
  return BOOLEANS.get(String(value).trim().toLowerCase()) ?? value
}

function listOf(text: string, element: z.core.$ZodType): unknown[] {
  return items(text).map((item) =>
    coerceScalar(element, {
      kind: 'scalar',
      place: '',
      value: item,
      text: item,
      variables: [],
      from: 'code',
    }),
  )
}

function items(text: string): string[] {
  const fromJson = text.trim().startsWith('[') ? jsonItems(text) : undefined
  const list = fromJson ?? text.split(',').map((item) => item.trim())
  return list.filter((item) => item !== '')
}

function jsonItems(text: string): string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed.map(String) : undefined
  } catch {
    return undefined
  }
}
