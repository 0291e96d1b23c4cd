import type { ApiChange, Place } from './api-change.ts'
import { report, within } from './api-change.ts'
import { compareLimits } from './compare-limits.ts'
import { compareValues } from './compare-values.ts'
import type { Json } from './document.ts'
import { asObject, listAt, objectAt, resolved, textsAt } from './document.ts'

/** The two documents, and which pairs of references are being compared already. */
export interface Documents {
  readonly before: Json
  readonly after: Json
  readonly seen: Set<string>
}

/** Compares two schemas of the same place: what callers may send, or what they are answered. */
export function compareSchemas(
  documents: Documents,
  place: Place,
  [old, now]: readonly [Json, Json],
): void {
  if (again(documents, place, [old, now])) return
  const before = resolved(documents.before, old)
  const after = resolved(documents.after, now)
  if (hasChoice(before) || hasChoice(after)) {
    compareChoices(documents, place, [before, after])
    return
  }
  compareValues(place, before, after)
  compareLimits(place, before, after)
  compareFields(documents, place, [before, after])
  compareOpenness(place, before, after)
  if (before['items'] !== undefined || after['items'] !== undefined)
    compareSchemas(documents, within(place, '[]'), [
      objectAt(before, 'items'),
      objectAt(after, 'items'),
    ])
  compareLists(documents, place, [before, after])
}

/** Schemas that refer to themselves are compared once. */
function again({ seen }: Documents, { side }: Place, [old, now]: readonly [Json, Json]): boolean {
  if (old['$ref'] === undefined && now['$ref'] === undefined) return false
  const pair = `${side} ${String(old['$ref'])} ${String(now['$ref'])}`
  if (seen.has(pair) && old['$ref'] !== undefined && now['$ref'] !== undefined) return true
  seen.add(pair)
  return false
}

function compareFields(
  documents: Documents,
  place: Place,
  [before, after]: readonly [Json, Json],
): void {
  const [old, now] = [objectAt(before, 'properties'), objectAt(after, 'properties')]
  const [mustBefore, mustNow] = [textsAt(before, 'required'), textsAt(after, 'required')]
  for (const name of Object.keys(old)) {
    const field = within(place, place.where.endsWith(' ') ? name : `.${name}`)
    if (!(name in now)) removedField(field, after)
    else {
      compareDemand(field, mustBefore.includes(name), mustNow.includes(name))
      compareSchemas(documents, field, [asObject(old[name]), asObject(now[name])])
    }
  }
  for (const name of Object.keys(now).filter((one) => !(one in old))) {
    const field = within(place, place.where.endsWith(' ') ? name : `.${name}`)
    const demanded = place.side === 'input' && mustNow.includes(name)
    report(
      field,
      demanded
        ? ['breaking', 'field.demanded', 'is new, and callers must send it']
        : ['additive', 'field.added', 'is new'],
    )
  }
}

function removedField(place: Place, after: Json): void {
  if (place.side === 'output') {
    report(place, ['breaking', 'field.removed', 'is no longer answered'])
    return
  }
  const refused = after['additionalProperties'] === false
  report(
    place,
    refused
      ? ['breaking', 'field.refused', 'is no longer taken: who sends it is refused']
      : ['warning', 'field.ignored', 'is no longer read'],
  )
}

function compareDemand(place: Place, before: boolean, after: boolean): void {
  if (before === after) return
  const input = place.side === 'input'
  if (input === after)
    report(
      place,
      input
        ? ['breaking', 'field.demanded', 'must be sent now']
        : ['breaking', 'field.optional', 'may be missing from the answer now'],
    )
  else report(place, ['additive', 'field.eased', input ? 'may be left out now' : 'is always there'])
}

/** Whether an object takes fields that it does not name. */
function compareOpenness(place: Place, before: Json, after: Json): void {
  const [old, now] = [before, after].map((one) => one['additionalProperties'] !== false)
  if (old === now || (before['type'] !== 'object' && after['type'] !== 'object')) return
  if (place.side === 'input' && old === true)
    report(place, ['breaking', 'object.closed', 'fields that are not named are refused now'])
  else report(place, ['additive', 'object.changed', 'takes other fields differently'])
}

/** Lists whose places each have a schema of their own. */
function compareLists(
  documents: Documents,
  place: Place,
  [before, after]: readonly [Json, Json],
): void {
  const [old, now] = [listAt(before, 'prefixItems'), listAt(after, 'prefixItems')]
  if (old.length !== now.length)
    report(place, ['breaking', 'type.changed', `had ${old.length} places and has ${now.length}`])
  old.slice(0, now.length).forEach((schema, at) => {
    compareSchemas(documents, within(place, `[${at}]`), [asObject(schema), asObject(now[at])])
  })
}

const CHOICES = ['anyOf', 'oneOf']

function hasChoice(schema: Json): boolean {
  return CHOICES.some((key) => Array.isArray(schema[key]))
}

/** Every way that was possible for a caller must still be; every way of an answer must be known. */
function compareChoices(
  documents: Documents,
  place: Place,
  [before, after]: readonly [Json, Json],
): void {
  const [old, now] = [waysOf(before), waysOf(after)]
  const fits = (pair: readonly [Json, Json]) => breaksNothing(documents, place, pair)
  const input = place.side === 'input'
  const lost = old.filter((way) => !now.some((other) => fits([way, other]))).length
  const come = now.filter((way) => !old.some((other) => fits([other, way]))).length
  if (input ? lost > 0 : come > 0)
    report(place, [
      'breaking',
      input ? 'choice.removed' : 'choice.added',
      input
        ? `${lost} of the ${old.length} forms that callers may send is gone or stricter`
        : `answers may have ${come} new ${come === 1 ? 'form' : 'forms'}`,
    ])
  else if (lost + come > 0)
    report(place, ['additive', input ? 'choice.added' : 'choice.removed', 'has other forms'])
}

function waysOf(schema: Json): readonly Json[] {
  const ways = CHOICES.flatMap((key) => listAt(schema, key)).map(asObject)
  return ways.length === 0 ? [schema] : ways
}

function breaksNothing(
  { before, after, seen }: Documents,
  place: Place,
  pair: readonly [Json, Json],
): boolean {
  const found: ApiChange[] = []
  compareSchemas({ before, after, seen: new Set(seen) }, { ...place, found }, pair)
  return found.every(({ weight }) => weight !== 'breaking')
}
