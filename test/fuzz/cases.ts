import fc from 'fast-check'
import { valuesFor } from './arbitrary.ts'
import type { Operation, Parameter } from './document.ts'

/** One generated request of an operation. */
export interface Case {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Requests of one operation; ids that exist come up often enough to get past the first look. */
export function casesOf(
  operation: Operation,
  known: readonly string[],
  { count, seed }: { readonly count: number; readonly seed: number },
): readonly Case[] {
  const fields = operation.parameters.map((parameter) => fieldFor(parameter, known))
  const body =
    operation.body === undefined ? fc.constant(undefined) : valuesFor(operation.body.schema)
  const drawn = fc
    .tuple(fc.tuple(...fields), body)
    .map(([values, content]) => caseOf(operation, values, content))
  return fc.sample(drawn, { numRuns: count, seed })
}

/** Undefined for a parameter that is left out. */
function fieldFor({ place, required, schema }: Parameter, known: readonly string[]) {
  if (place === 'path')
    return fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...known) },
      { weight: 6, arbitrary: valuesFor(schema) },
    )
  return required ? valuesFor(schema) : fc.option(valuesFor(schema), { nil: undefined })
}

function caseOf(
  { method, path, parameters, body }: Operation,
  values: readonly unknown[],
  content: unknown,
): Case {
  const query = new URLSearchParams()
  const headers: Record<string, string> = {}
  let target = path
  for (const [at, { name, place }] of parameters.entries()) {
    const value = values[at]
    if (value === undefined) continue
    const text = textOf(value)
    if (place === 'path') target = target.replace(`{${name}}`, encoded(text))
    else if (place === 'query') query.append(name, text)
    else headers[name] = text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 400)
  }
  if (query.size > 0) target += `?${query}`
  if (body === undefined || content === undefined)
    return { method, target, headers, body: undefined }
  const isForm = body.type.includes('form')
  return {
    method,
    target,
    headers: { ...headers, 'content-type': body.type },
    body: isForm ? formOf(content) : JSON.stringify(content),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** An empty step would be another path; half a surrogate pair has no encoding. */
function encoded(text: string): string {
  return text === ''
    ? 'x'
    : encodeURIComponent(text.toWellFormed()).replaceAll('.', '%2E').slice(0, 2_000)
}

function formOf(content: unknown): string {
  const fields = Object.entries(Object(content)).map(
    ([name, value]) => [name, textOf(value)] as const,
  )
  return new URLSearchParams(Object.fromEntries(fields)).toString()
}
