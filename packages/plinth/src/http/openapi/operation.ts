import { describeAccess, describeStepUp } from '../../access/index.ts'
import type { RouteFacts } from '../../feature/index.ts'
import { readConditions } from '../../feature/index.ts'
import { nodeHttp } from '../../kernel/index.ts'
import type { Components, JsonSchema } from './json-schema.ts'
import { toComponent, toJsonSchema } from './json-schema.ts'
import { needsCsrf, problemResponses } from './problem-responses.ts'

/** A route as the document names it: `/api/v1/products/{id}`. */
export interface DocumentedRoute {
  readonly method: string
  readonly path: string
  readonly facts: RouteFacts
}

/** Names of the security schemes. */
export const SESSION = 'session'
export const CSRF = 'csrf'

/** One operation of the document. The order of its keys is the order in the file. */
export function operationOf(
  { method, path, facts }: DocumentedRoute,
  { operationId, components }: { operationId: string; components: Components },
): JsonSchema {
  const { body, returns } = facts.schemas
  const named = (side: 'input' | 'output', suffix: string) => ({
    side,
    name: operationId.charAt(0).toUpperCase() + operationId.slice(1) + suffix,
    components,
  })
  const answer = returns && toComponent(returns, named('output', 'Answer'))
  return {
    operationId,
    tags: [tagOf(path)],
    ...(facts.summary && { summary: facts.summary }),
    description: whoMayCall(facts),
    ...optional('parameters', parametersOf(path, facts)),
    ...(body && {
      requestBody: {
        required: true,
        ...content(toComponent(body, named('input', 'Body')), facts.takesForm ? FORM : JSON_TYPE),
      },
    }),
    responses: {
      [String(facts.status)]: {
        description: nodeHttp.STATUS_CODES[facts.status] ?? 'Success',
        ...(answer && content(answer, JSON_TYPE)),
      },
      ...(facts.tagged && { '304': NOT_MODIFIED }),
      ...problemResponses(method, facts),
    },
    security: securityOf(method, facts),
  }
}

const NOT_MODIFIED = { description: 'The caller has it already: `If-None-Match` holds its ETag.' }
const JSON_TYPE = 'application/json'
const FORM = 'application/x-www-form-urlencoded'

function content(schema: JsonSchema, type: string): JsonSchema {
  return { content: { [type]: { schema } } }
}

function optional(key: string, list: readonly JsonSchema[]): JsonSchema {
  return list.length === 0 ? {} : { [key]: list }
}

function whoMayCall({ access, stepUp }: RouteFacts): string {
  const demand = stepUp === undefined ? '' : ` The sign-in must be ${describeStepUp(stepUp)}.`
  return ruleOf(access) + demand
}

function ruleOf(access: RouteFacts['access']): string {
  if (access.kind === 'open') return `Anyone may call this: ${access.reason}.`
  if (access.kind === 'in-person') return 'A person who signed in may call this; a key may not.'
  if (access.kind === 'signed-in') return 'Anyone who is signed in may call this.'
  return `Needs the permission \`${describeAccess(access)}\`: ${access.grants}.`
}

function securityOf(method: string, facts: RouteFacts): readonly JsonSchema[] {
  const csrf = needsCsrf(method, facts) ? { [CSRF]: [] } : {}
  if (facts.access.kind !== 'open') return [{ [SESSION]: [], ...csrf }]
  return facts.browserOnly ? [csrf] : []
}

const PLACES = [
  ['params', 'path'],
  ['query', 'query'],
  ['headers', 'header'],
] as const

function parametersOf(path: string, { schemas, tagged }: RouteFacts): readonly JsonSchema[] {
  const declared = PLACES.flatMap(([part, place]) => {
    const schema = schemas[part]
    return schema === undefined ? [] : fieldsOf(toJsonSchema(schema, 'input'), place)
  })
  const conditions = tagged ? fieldsOf(toJsonSchema(readConditions, 'input'), 'header') : []
  const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)
  const undeclared = inPath.filter((name) => !declared.some((field) => field['name'] === name))
  const plain = { in: 'path', required: true, schema: { type: 'string' } }
  return [...undeclared.map((name) => ({ name, ...plain })), ...declared, ...conditions]
}

function fieldsOf(object: JsonSchema, place: 'path' | 'query' | 'header'): readonly JsonSchema[] {
  const required = (object['required'] ?? []) as readonly string[]
  const properties = (object['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }))
}

/** The first noun of a path: `/api/v1/products/{id}` stands under `products`. */
export function tagOf(path: string): string {
  return nounsOf(path)[0] ?? 'service'
}

/** What a path names, without the version prefix. */
function nounsOf(path: string): readonly string[] {
  return path
    .replace(/^\/api\/v1(?=\/)/, '')
    .split('/')
    .filter((part) => part !== '')
}

/** `GET /api/v1/products/{id}` → `getProductsById`: stable as long as the route is. */
export function operationIdOf({ method, path }: DocumentedRoute): string {
  const words = nounsOf(path).map((part) => {
    const parameter = /^\{(.+)\}$/.exec(part)
    return pascal(parameter === null ? part : `by-${parameter[1]}`)
  })
  return method.toLowerCase() + (words.join('') || 'Root')
}

function pascal(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
