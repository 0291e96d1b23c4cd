import type { Place } from './api-change.ts'
import { report } from './api-change.ts'
import type { Json } from './document.ts'
import { listAt } from './document.ts'

/** Types, formats, allowed values and defaults of two schemas. */
export function compareValues(place: Place, before: Json, after: Json): void {
  compareTypes(place, before, after)
  compareFormats(place, before, after)
  compareAllowed(place, before, after)
  if (place.side === 'input' && text(before['default']) !== text(after['default'])) {
    const what = `its default was ${text(before['default'])} and is ${text(after['default'])}`
    report(place, ['warning', 'default.changed', what])
  }
}

function compareTypes(place: Place, before: Json, after: Json): void {
  const [old, now] = [typesOf(before), typesOf(after)]
  const gone = missingFrom(now, old)
  const come = missingFrom(old, now)
  if (gone.length + come.length === 0) return
  const what = `its type was ${named(old)} and is ${named(now)}`
  const breaks = place.side === 'input' ? gone.length > 0 : come.length > 0
  report(place, [breaks ? 'breaking' : 'additive', breaks ? 'type.changed' : 'type.eased', what])
}

/** The types of a schema; undefined when it says nothing, so that anything goes. */
function typesOf({ type }: Json): readonly string[] | undefined {
  if (type === undefined) return undefined
  return [type].flat().map(String)
}

/** What of `needed` the types of `given` do not cover. Every integer is a number. */
function missingFrom(
  given: readonly string[] | undefined,
  needed: readonly string[] | undefined,
): readonly string[] {
  if (given === undefined) return []
  if (needed === undefined) return ['anything']
  return needed.filter(
    (type) => !given.includes(type) && !(type === 'integer' && given.includes('number')),
  )
}

function named(types: readonly string[] | undefined): string {
  return types === undefined ? 'anything' : types.join(' or ')
}

function compareFormats(place: Place, before: Json, after: Json): void {
  const [old, now] = [before['format'], after['format']]
  if (old === now) return
  const breaks = (place.side === 'input' ? now : old) !== undefined
  const what = `its format was ${String(old ?? 'not set')} and is ${String(now ?? 'not set')}`
  report(place, [breaks ? 'breaking' : 'additive', 'format.changed', what])
}

/** `enum` and `const` alike: the values that are allowed. */
function compareAllowed(place: Place, before: Json, after: Json): void {
  const [old, now] = [allowedBy(before), allowedBy(after)]
  const input = place.side === 'input'
  if (old === undefined && now === undefined) return
  if (old === undefined || now === undefined) {
    const breaks = input && old === undefined
    const what = now === undefined ? 'any value is possible now' : `only ${now.join(', ')} now`
    const weight = breaks ? 'breaking' : !input && now === undefined ? 'warning' : 'additive'
    report(place, [weight, breaks ? 'values.narrowed' : 'values.changed', what])
    return
  }
  const gone = old.filter((value) => !now.includes(value))
  const come = now.filter((value) => !old.includes(value))
  if (gone.length > 0)
    report(place, [
      input ? 'breaking' : 'additive',
      input ? 'values.narrowed' : 'values.removed',
      `${gone.join(', ')} is no value any more`,
    ])
  if (come.length > 0)
    report(place, [
      input ? 'additive' : 'warning',
      'values.added',
      `${come.join(', ')} is a new value`,
    ])
}

function allowedBy(schema: Json): readonly string[] | undefined {
  if ('const' in schema) return [text(schema['const'])]
  return Array.isArray(schema['enum']) ? listAt(schema, 'enum').map(text) : undefined
}

function text(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value)
}
