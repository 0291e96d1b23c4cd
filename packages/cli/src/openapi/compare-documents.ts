import type { ApiChange } from './api-change.ts'
import { compareOperations } from './compare-operations.ts'
import type { Json } from './document.ts'
import { operationsOf } from './document.ts'

/**
 * What changed from one OpenAPI document to another, the breaking changes first.
 * @param before the document that callers were written against
 */
export function compareDocuments(before: Json, after: Json): readonly ApiChange[] {
  const [old, now] = [operationsOf(before), operationsOf(after)]
  const found: ApiChange[] = []
  for (const [key, operation] of old) {
    const current = now.get(key)
    if (current !== undefined)
      compareOperations({ before, after, seen: new Set() }, found, [operation, current])
    else
      found.push({
        weight: 'breaking',
        code: 'operation.removed',
        where: operation.name,
        what: 'is gone',
      })
  }
  for (const [key, { name }] of now) {
    if (!old.has(key))
      found.push({ weight: 'additive', code: 'operation.added', where: name, what: 'is new' })
  }
  return ORDER.flatMap((weight) => found.filter((change) => change.weight === weight))
}

const ORDER = ['breaking', 'warning', 'additive'] as const
