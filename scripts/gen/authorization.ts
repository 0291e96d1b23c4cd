import { z } from 'zod'
import type { Principal } from '../../packages/plinth/src/access/index.ts'
import { decide, describeAccess, describeStepUp } from '../../packages/plinth/src/access/index.ts'
import { buildService } from '../../packages/plinth/src/compose/index.ts'
import type { RouteFacts } from '../../packages/plinth/src/feature/index.ts'
import { newId, newToken } from '../../packages/plinth/src/kernel/index.ts'
import { builtInRoles } from '../../packages/plinth/src/tenancy/index.ts'

/** Somebody with a session, and what they hold; undefined for nobody. */
interface Column {
  readonly name: string
  readonly grants: readonly string[] | undefined
  readonly platform?: readonly string[]
}

const COLUMNS: readonly Column[] = [
  { name: 'nobody', grants: undefined },
  { name: 'member', grants: [] },
  ...builtInRoles,
  { name: 'owner', grants: ['*'] },
  { name: 'platform_administrator', grants: [], platform: ['platform:*'] },
]

/** docs/authorization.csv: every route of the platform, who may call it, and the fields it takes and shows. */
export async function authorizationDocument(): Promise<string> {
  const routes = (await census()).toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
  const head = ['method', 'path', 'access', 'step_up', 'takes', 'shows', ...COLUMNS.map(nameOf)]
  return `${[head, ...routes.map(cells)].map((row) => row.map(quoted).join(',')).join('\n')}\n`
}

interface Entry {
  readonly method: string
  readonly url: string
  readonly facts: RouteFacts
}

const nameOf = ({ name }: Column): string => name
const placeOf = ({ method, url }: Entry): string => `${url} ${method}`

/** The routes of a service without features of its own; nothing is asked of a database. */
async function census(): Promise<readonly Entry[]> {
  const service = await buildService({
    features: [],
    file: null,
    env: {},
    values: {
      'app.environment': 'test',
      'app.session_signing_secret': newToken(),
      'app.csrf_signing_secret': newToken(),
      'database.url': 'postgresql://nobody@localhost:1/none',
      'tenancy.mode': 'organisations',
      'logging.file': null,
    },
    logTo: { write: () => undefined },
  })
  await service.app.ready()
  const entries = service.census().flatMap(({ method, url, facts }) => {
    return facts === undefined ? [] : [{ method, url, facts }]
  })
  await service.app.close()
  return entries
}

function cells({ method, url, facts }: Entry): readonly string[] {
  const { access, stepUp, schemas } = facts
  return [
    method,
    url,
    describeAccess(access),
    stepUp === undefined ? '' : describeStepUp(stepUp),
    fieldsOf(schemas.body, 'input'),
    fieldsOf(schemas.returns, 'output'),
    ...COLUMNS.map((column) => answer(facts, column, method !== 'GET')),
  ]
}

function answer({ access }: RouteFacts, { grants, platform = [] }: Column, changes: boolean) {
  const tenant = newId<'tenant'>()
  const principal: Principal | undefined = grants && {
    person: newId<'person'>(),
    name: '',
    tenant,
    permissions: grants,
    platform,
    credential: { kind: 'cookie', id: 'c', authenticatedAt: 0, session: newId<'session'>() },
  }
  const placement = grants && { tenant, permissions: grants }
  return decide({ access, principal, placement, changes }).allowed ? 'yes' : 'no'
}

/** Names of fields; those of the items of a list with `items.` before them. */
function fieldsOf(schema: z.core.$ZodType | undefined, io: 'input' | 'output'): string {
  if (schema === undefined) return ''
  return namesIn(z.toJSONSchema(schema, { io, unrepresentable: 'any' })).join(' ')
}

function namesIn(schema: object): readonly string[] {
  const options: readonly object[] =
    Reflect.get(schema, 'anyOf') ?? Reflect.get(schema, 'oneOf') ?? []
  const own = Object.entries<object>(Reflect.get(schema, 'properties') ?? {}).flatMap(
    ([name, field]) => {
      const items: object | undefined = Reflect.get(field, 'items')
      const below = items === undefined ? [] : namesIn(items).map((one) => `${name}.${one}`)
      return below.length > 0 ? below : [name]
    },
  )
  return [...new Set([...own, ...options.flatMap(namesIn)])]
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
