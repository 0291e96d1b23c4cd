import type { Place, Weight } from './api-change.ts'
import { report } from './api-change.ts'
import type { Json } from './document.ts'

type Tighter = (before: number, after: number) => boolean

const HIGHER: Tighter = (before, after) => after > before
const LOWER: Tighter = (before, after) => after < before

/** Each limit of JSON Schema, and when another value of it takes less. */
const LIMITS: Readonly<Record<string, Tighter>> = {
  minimum: HIGHER,
  exclusiveMinimum: HIGHER,
  minLength: HIGHER,
  minItems: HIGHER,
  minProperties: HIGHER,
  maximum: LOWER,
  exclusiveMaximum: LOWER,
  maxLength: LOWER,
  maxItems: LOWER,
  maxProperties: LOWER,
}

/** Limits: stricter ones refuse what callers send; looser ones let answers grow. */
export function compareLimits(place: Place, before: Json, after: Json): void {
  for (const [name, tighter] of Object.entries(LIMITS)) {
    const [old, now] = [numberAt(before, name), numberAt(after, name)]
    if (old === now) continue
    const stricter = now !== undefined && (old === undefined || tighter(old, now))
    const what = `${name} was ${old ?? 'not set'} and is ${now ?? 'not set'}`
    report(place, [weightOf(place, stricter), stricter ? 'limit.stricter' : 'limit.looser', what])
  }
  compareRule(place, 'multipleOf', before, after)
  compareRule(place, 'pattern', before, after)
  if (place.side === 'input' && after['uniqueItems'] === true && before['uniqueItems'] !== true)
    report(place, ['breaking', 'limit.stricter', 'items must now differ from each other'])
}

function weightOf({ side }: Place, stricter: boolean): Weight {
  if (side === 'input') return stricter ? 'breaking' : 'additive'
  return stricter ? 'additive' : 'warning'
}

/** A rule that either stands or does not: nobody can tell which of two takes less. */
function compareRule(place: Place, name: string, before: Json, after: Json): void {
  const [old, now] = [before[name], after[name]]
  if (old === now) return
  const what = `${name} was ${String(old ?? 'not set')} and is ${String(now ?? 'not set')}`
  const weight = weightOf(place, place.side === 'input' ? now !== undefined : old === undefined)
  report(place, [weight, `${name}.changed`, what])
}

function numberAt(json: Json, key: string): number | undefined {
  const value = json[key]
  return typeof value === 'number' ? value : undefined
}
