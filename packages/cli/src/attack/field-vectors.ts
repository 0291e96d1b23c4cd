import type { AnyEntity } from 'plinth/data'
import { valueForSchema } from '../sample/value-for-schema.ts'
import type { HttpReply } from './http-request.ts'
import type { StoredRow } from './row-state.ts'
import type { Scene } from './scene.ts'
import type { Target } from './target.ts'
import { isUnsafe } from './target.ts'
import type { Shot, States, Vector } from './vector.ts'
import { requestTo, withBody } from './vector.ts'

/** Fields that only code may set, written by somebody who may do everything else (mass assignment). */
export const forbiddenFields: Vector = {
  name: 'forbidden fields',
  column: 'fields',
  fix: 'Take `entity.create` or `entity.patch` as body, or a strict object of the fields that callers may set.',
  shots(scene, target) {
    const { entity, facts } = target
    if (entity === undefined || facts.schemas.body === undefined || facts.takesForm) return []
    if (!scene.ours.rows.has(entity.name)) return []
    const { headers } = scene.ours.caller
    const plain = requestTo(scene, target, { subject: scene.ours, which: 'own', headers })
    const sides = scene.crossable ? BOTH : OURS
    return forbiddenIn(scene, entity).map(
      ([field, value]): Shot => ({
        by: `an owner who also writes ${field}`,
        request: withBody(
          plain,
          'application/json',
          JSON.stringify(withField(JSON.parse(plain.body ?? '{}'), field, value)),
        ),
        expects: 'any',
        unseen: [],
        untouched: true,
        afterwards: (_, states) => written(entity, [field, value], { ...states, sides }),
      }),
    )
  },
}

const OURS = ['ours'] as const
const BOTH = ['ours', 'theirs'] as const

/** The same body with one field more, in each of its rows where it holds several. */
function withField(body: unknown, field: string, value: unknown): unknown {
  if (Array.isArray(body)) return body.map((one) => withField(one, field, value))
  const fields = Object.entries(Object(body))
  const holdsRows = (inner: unknown) => Array.isArray(inner) && typeof inner[0] === 'object'
  if (!fields.some(([, inner]) => holdsRows(inner))) return { ...Object(body), [field]: value }
  return Object.fromEntries(
    fields.map(([name, inner]) => [
      name,
      holdsRows(inner) ? withField(inner, field, value) : inner,
    ]),
  )
}

type Field = readonly [name: string, value: unknown]

const MOMENT = '2001-02-03T04:05:06.789Z'
const VERSION = 7_654_321

/** Every column that a request may not set, with a value that nothing else would give it. */
function forbiddenIn({ input, ours, theirs }: Scene, entity: AnyEntity): readonly Field[] {
  const { declaration } = entity
  const own = ours.rows.get(entity.name)?.own
  const uuid = { type: 'string', format: 'uuid' }
  const declared = declaration.columns
    .filter(({ hidden, serverOnly }) => hidden || serverOnly)
    .map(({ name, schema, values }): Field => {
      const usual = own?.[name]
      if (name === 'owner_id') return [name, theirs.person]
      if (name === 'deleted_at') return [name, MOMENT]
      if (values !== undefined) return [name, values.find((one) => one !== usual) ?? values[0]]
      if (typeof usual === 'boolean') return [name, !usual]
      return [name, valueForSchema({ ...input, optional: true }, input.toJsonSchema(schema))]
    })
  return [
    ['id', valueForSchema(input, uuid)],
    ...(ours.tenant === theirs.tenant ? [] : [['tenant_id', theirs.tenant] as const]),
    ['version', VERSION],
    ['created_at', MOMENT],
    ['updated_at', MOMENT],
    ...declared,
  ]
}

/** Whether a row took over what it must not; a sentence when one did. */
function written(
  { name, declaration: { key, tenant } }: AnyEntity,
  [field, value]: Field,
  { before, after, sides }: States & { readonly sides: typeof OURS | typeof BOTH },
): string | undefined {
  const column = field === 'id' ? key : field === 'tenant_id' ? tenant : field
  for (const side of sides) {
    for (const [id, now] of after[side].get(name) ?? []) {
      const old = before[side].get(name)?.get(id)
      if (side === 'theirs' && old === undefined) return `a row of ${name} is in the other tenant`
      if (column !== undefined && took(old, now, [column, value]))
        return `${field} of a row of ${name} is what the request said`
    }
  }
  return undefined
}

function took(old: StoredRow | undefined, now: StoredRow, [column, value]: Field): boolean {
  const [was, is] = [comparable(old?.[column]), comparable(now[column])]
  return is === comparable(value) && was !== is
}

/** PostgreSQL writes moments and numbers in a form of its own. */
function comparable(value: unknown): string {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))
    return String(new Date(value).getTime())
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return String(Number(value))
  return JSON.stringify(value ?? null)
}

/** Hidden columns in what a service answers to somebody who may see everything else. */
export const hiddenFields: Vector = {
  name: 'hidden fields',
  column: 'hidden',
  fix: 'Answer `entity.present(row)` with `returns: entity.shown`.',
  async shots(scene, target) {
    const hidden = hiddenOf(target)
    const { hidden: values } = scene.ours.marks
    const isRead = !isUnsafe(target)
    if (target.facts.anonymous || target.method === 'DELETE') return []
    if (hidden.length === 0 && (!isRead || values.length === 0)) return []
    const { ours, signIn } = scene
    const caller = isRead ? ours.caller : await signIn({ tenant: ours.slug })
    const { headers } = caller
    const request = requestTo(scene, target, { subject: ours, which: 'own', headers })
    const afterwards = (reply: HttpReply) => shownKey(reply, hidden)
    return [
      { by: 'an owner', request, expects: 'any', unseen: values, untouched: false, afterwards },
    ]
  },
}

function hiddenOf({ entity }: Target): readonly string[] {
  return (entity?.declaration.columns ?? []).filter(({ hidden }) => hidden).map(({ name }) => name)
}

/** A hidden column by its name, wherever it stands in the answer. */
function shownKey({ status, text }: HttpReply, hidden: readonly string[]): string | undefined {
  if (status >= 300) return undefined
  const shown = hidden.find((name) => text.includes(`"${name}":`))
  return shown === undefined ? undefined : `the answer has the hidden field ${shown}`
}
