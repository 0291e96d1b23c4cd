import type { DeclaredOptions } from './declared-options.ts'

/**
 * Holds what stands between the brackets of `entity()` against what it takes.
 * @throws TypeError that says what to write
 */
export function checkArguments(name: unknown, shape: unknown, options: unknown): void {
  if (typeof name === 'string' && isPlain(shape) && isPlain(options)) return
  throw new TypeError(
    `entity(${typeof name === 'string' ? `"${name}"` : '…'}): it takes a name, an object of fields and an object of options: entity('product', { sku: z.string() }, {})`,
  )
}

/**
 * What a program without types gets wrong: a name where a list stands, a list where lists stand, a text
 * where SQL stands. Found here, it is a sentence; found by the first request, it would be a failure.
 * @throws TypeError that says what to write
 */
export function checkForms(options: DeclaredOptions): void {
  for (const option of ['hidden', 'serverOnly', 'search', 'pii'] as const) {
    if (!isTextList(options[option] ?? [])) {
      throw new TypeError(`${option} takes a list of columns: ${option}: ['name']`)
    }
  }
  for (const option of ['unique', 'index'] as const) {
    const lists: unknown = options[option] ?? []
    if (!Array.isArray(lists) || !lists.every(isTextList)) {
      throw new TypeError(`${option} takes lists of columns: ${option}: [['name']]`)
    }
  }
  checkConditions(options)
  const { softDelete = false }: { softDelete?: unknown } = options
  if (typeof softDelete !== 'boolean') throw new TypeError('softDelete is true or false')
}

function checkConditions({ rules = [], check = {}, computed = {} }: DeclaredOptions): void {
  const list: unknown = rules
  if (!Array.isArray(list) || !list.every(isRule)) {
    throw new TypeError("rules takes a list of { message: '…', path: 'name', holds: (row) => … }")
  }
  for (const [name, expression] of Object.entries(check)) {
    if (isObject(expression) && typeof expression['compile'] === 'function') continue
    throw new TypeError(`check "${name}" is no SQL; say sql\`price >= cost\`, with sql from kysely`)
  }
  for (const [name, given] of Object.entries(computed)) {
    const [schema, from]: readonly unknown[] = Array.isArray(given) ? given : []
    if (isObject(schema) && '_zod' in schema && typeof from === 'function') continue
    throw new TypeError(
      `computed field "${name}" takes [schema, function]: [z.boolean(), (row) => …]`,
    )
  }
}

function isPlain(value: unknown): boolean {
  return isObject(value) && !Array.isArray(value)
}

function isTextList(list: unknown): boolean {
  return Array.isArray(list) && list.every((item) => typeof item === 'string')
}

function isRule(rule: unknown): boolean {
  if (!isObject(rule)) return false
  const { message, path, holds } = rule
  return typeof message === 'string' && typeof path === 'string' && typeof holds === 'function'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
