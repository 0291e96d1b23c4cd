import type { HttpReply, HttpRequest } from './http-request.ts'
import type { InputSource, Which } from './request-input.ts'
import { bodyFor, pathFor } from './request-input.ts'
import type { RowState } from './row-state.ts'
import type { Scene, Side } from './scene.ts'
import type { Target } from './target.ts'

/** One request of an attack, and what a service that holds answers. */
export interface Shot {
  /** Who sends what, for the report: `somebody of another tenant`. */
  readonly by: string
  readonly request: HttpRequest
  /** The statuses that hold; `any` where only what comes back, or what it does, decides. */
  readonly expects: readonly number[] | 'any'
  /** An answer of the same status as this one gets holds too: it does not tell whether there is such a row. */
  readonly like?: HttpRequest
  /** Values that must not come back. */
  readonly unseen: readonly string[]
  /** Whether the rows of the attacked tenant must be as they were. */
  readonly untouched: boolean
  /** Looks at what it did; a sentence when that is more than it may. */
  readonly afterwards?: (reply: HttpReply, states: States) => string | undefined
}

/** The rows of both tenants before and after a shot. */
export interface States {
  readonly before: Readonly<Record<'ours' | 'theirs', RowState>>
  readonly after: Readonly<Record<'ours' | 'theirs', RowState>>
}

/** One way of attack. Another one is another row of the table. */
export interface Vector {
  /** In the report and in JSON. */
  readonly name: string
  /** Head of its column. */
  readonly column: string
  /** What mends what it finds. */
  readonly fix: string
  /** Once, before its requests. */
  prepare?(scene: Scene): Promise<void> | void
  /** Its requests to one route; none where it does not concern the route. */
  shots(scene: Scene, target: Target): readonly Shot[] | Promise<readonly Shot[]>
}

/** A request as a service's own page would send it, but for `headers`. */
export function requestTo(
  { input }: Scene,
  target: Target,
  { subject, which, headers }: { subject: Side; which: Which; headers: HttpRequest['headers'] },
): HttpRequest {
  const make = () => bareRequest(input, target, { subject, which })
  const made = which === 'kept' ? madeOnce(target, subject, make) : make()
  return { ...made, headers: { ...headers, ...made.headers } }
}

/**
 * What names a row that nobody may change is refused whoever sends it, so what it says is made once for
 * a route and a side. A use that is meant needs values of its own each time: some must be unique.
 */
function madeOnce(target: Target, subject: Side, make: () => HttpRequest): HttpRequest {
  const known = requests.get(subject) ?? new WeakMap<Target, HttpRequest>()
  requests.set(subject, known)
  const request = known.get(target) ?? make()
  known.set(target, request)
  return request
}

const requests = new WeakMap<Side, WeakMap<Target, HttpRequest>>()

/** A request without what says who sends it. */
function bareRequest(
  input: InputSource,
  target: Target,
  { subject, which }: { subject: Side; which: Which },
): HttpRequest {
  const { method, facts } = target
  const request = { method, path: pathFor(input, target, { subject, which }), headers: {} }
  const body = method === 'GET' ? undefined : bodyFor(input, target, subject)
  if (body === undefined) return request
  return facts.takesForm
    ? withBody(request, FORM, formOf(body))
    : withBody(request, 'application/json', JSON.stringify(body))
}

const FORM = 'application/x-www-form-urlencoded'

/** The same request with a body. */
export function withBody(request: HttpRequest, type: string, body: string): HttpRequest {
  return { ...request, headers: { ...request.headers, 'content-type': type }, body }
}

function formOf(body: object): string {
  const fields = Object.entries(body).map(([name, value]) => [name, String(value)] as const)
  return new URLSearchParams(Object.fromEntries(fields)).toString()
}

/** A shot that must be refused with one of some statuses, and show nothing of either tenant. */
export function refusal(
  { ours }: Scene,
  by: string,
  { request, expects }: { request: HttpRequest; expects: readonly number[] },
): Shot {
  return { by, request, expects, unseen: ours.marks.all, untouched: false }
}
