import type { Place } from './api-change.ts'
import { report, within } from './api-change.ts'
import { compareSchemas, type Documents } from './compare-schemas.ts'
import type { Json, Operation } from './document.ts'
import { asObject, listAt, objectAt } from './document.ts'

/** Compares one operation with what it was: who may call it, what it takes, what it answers. */
export function compareOperations(
  documents: Documents,
  found: Place['found'],
  [before, after]: readonly [Operation, Operation],
): void {
  const place = (side: Place['side']): Place => ({ side, where: after.name, found })
  compareAccess(place('input'), before.json, after.json)
  compareNames(place('input'), before.json, after.json)
  compareParameters(documents, place('input'), [before, after])
  compareBodies(documents, place('input'), [before.json, after.json])
  compareAnswers(documents, place('output'), [before.json, after.json])
}

function compareAccess(place: Place, before: Json, after: Json): void {
  const [old, now] = [schemesOf(before), schemesOf(after)]
  const come = now.filter((name) => !old.includes(name))
  if (come.length > 0)
    report(place, ['breaking', 'access.narrowed', `callers must now bring: ${come.join(', ')}`])
  else if (old.length > now.length)
    report(place, ['additive', 'access.widened', 'callers need to bring less'])
  const [had, needs] = [permissionOf(before), permissionOf(after)]
  if (needs !== undefined && needs !== had)
    report(place, [
      'breaking',
      'access.permission',
      `needs the permission ${needs}${had === undefined ? '' : ` instead of ${had}`}`,
    ])
  if (isInPerson(after) && !isInPerson(before))
    report(place, ['breaking', 'access.in_person', 'a key may not call it any more'])
  const [asked, asks] = [stepUpOf(before), stepUpOf(after)]
  if (asks !== undefined && asks !== asked)
    report(place, ['breaking', 'access.step_up', `the sign-in must now be ${asks}`])
}

function schemesOf(operation: Json): readonly string[] {
  return listAt(operation, 'security').flatMap((one) => Object.keys(asObject(one)))
}

// The words of whoMayCall() in plinth's http room, which say what OpenAPI has no field for.
function isInPerson({ description }: Json): boolean {
  return /^A person who signed in may call this; a key may not\./.test(String(description ?? ''))
}

function stepUpOf({ description }: Json): string | undefined {
  return / The sign-in must be (.+)\.$/.exec(String(description ?? ''))?.[1]
}

function permissionOf({ description }: Json): string | undefined {
  return /^Needs the permission `([^`]+)`/.exec(String(description ?? ''))?.[1]
}

function compareNames(place: Place, before: Json, after: Json): void {
  const [old, now] = [before['operationId'], after['operationId']]
  if (old === now) return
  const what = `typed clients called it ${String(old)} and call it ${String(now)}`
  report(place, ['warning', 'operation.renamed', what])
}

/** Path parameters go by their order, all others by their name. */
function parametersOf({ json, name }: Operation): ReadonlyMap<string, Json> {
  const inPath = [...name.matchAll(/\{([^}]*)\}/g)].map(([, field]) => field)
  return new Map(
    listAt(json, 'parameters').map((one) => {
      const field = asObject(one)
      const called = String(field['name'])
      const where = String(field['in'])
      return [`${where} ${where === 'path' ? inPath.indexOf(called) : called}`, field]
    }),
  )
}

function compareParameters(
  documents: Documents,
  place: Place,
  [before, after]: readonly [Operation, Operation],
): void {
  const [old, now] = [parametersOf(before), parametersOf(after)]
  for (const [key, field] of old) {
    const current = now.get(key)
    const at = within(place, `, ${nameOf(field)}`)
    if (current === undefined) report(at, ['breaking', 'parameter.removed', 'is no longer taken'])
    else {
      if (current['required'] === true && field['required'] !== true)
        report(at, ['breaking', 'parameter.demanded', 'must be sent now'])
      compareSchemas(documents, at, [objectAt(field, 'schema'), objectAt(current, 'schema')])
    }
  }
  for (const [key, field] of now) {
    if (old.has(key)) continue
    report(
      within(place, `, ${nameOf(field)}`),
      field['required'] === true
        ? ['breaking', 'parameter.demanded', 'is new, and callers must send it']
        : ['additive', 'parameter.added', 'is new'],
    )
  }
}

function nameOf(field: Json): string {
  return `${String(field['in'])} parameter ${String(field['name'])}`
}

function compareBodies(
  documents: Documents,
  place: Place,
  [before, after]: readonly [Json, Json],
): void {
  const [old, now] = [before['requestBody'], after['requestBody']].map(asObject)
  if (old === undefined || now === undefined) return
  const [had, has] = [old, now].map((body) => Object.keys(body).length > 0)
  const at = within(place, ', body ')
  if (had && !has) report(at, ['breaking', 'body.removed', 'is no longer taken'])
  else if (!had && has && now['required'] === true)
    report(at, ['breaking', 'body.demanded', 'must be sent now'])
  else if (!had && has) report(at, ['additive', 'body.added', 'may be sent now'])
  else compareContents(documents, at, [old, now])
}

/** The success answers by their status; what a refusal looks like is the same everywhere. */
function compareAnswers(
  documents: Documents,
  place: Place,
  [before, after]: readonly [Json, Json],
): void {
  const [old, now] = [objectAt(before, 'responses'), objectAt(after, 'responses')]
  const succeeds = (status: string) => /^[23]/.test(status)
  for (const status of Object.keys(old).filter(succeeds)) {
    const at = within(place, `, answer ${status}`)
    if (!(status in now)) report(at, ['breaking', 'answer.removed', 'no longer comes'])
    else
      compareContents(documents, within(place, `, answer ${status} `), [
        asObject(old[status]),
        asObject(now[status]),
      ])
  }
  for (const status of Object.keys(now).filter((one) => !(one in old))) {
    const at = within(place, `, answer ${status}`)
    report(
      at,
      succeeds(status)
        ? ['warning', 'answer.added', 'is a new success']
        : ['additive', 'refusal.added', 'is a new refusal'],
    )
  }
}

/** Media types, and the schema of each. */
function compareContents(
  documents: Documents,
  place: Place,
  [before, after]: readonly [Json, Json],
): void {
  const [old, now] = [objectAt(before, 'content'), objectAt(after, 'content')]
  for (const [type, one] of Object.entries(old)) {
    if (!(type in now)) {
      report(place, ['breaking', 'media.removed', `no longer knows ${type}`])
      continue
    }
    const pair = [asObject(one), asObject(now[type])].map((json) => objectAt(json, 'schema'))
    const [was = {}, is = {}] = pair
    compareSchemas(documents, place, [was, is])
  }
  for (const type of Object.keys(now).filter((one) => !(one in old)))
    report(place, ['additive', 'media.added', `also knows ${type}`])
}
