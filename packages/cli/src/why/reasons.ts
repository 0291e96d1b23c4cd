import { describeAccess, describeStepUp } from 'plinth/access'
import type { RouteFacts } from 'plinth/feature'
import type { World } from 'plinth/testing'
import type { RouteReasons } from './why-report.ts'

type Settings = World['service']['config']

/** Who may call a route, and by which rule. */
export function callersOf(method: string, facts: RouteFacts): readonly string[] {
  const { access, stepUp, anonymous, browserOnly, ownSitesOnly, takesForm } = facts
  const unsafe = method !== 'GET' && method !== 'HEAD'
  return [
    ruleOf(access),
    stepUp === undefined ? '' : `The sign-in must be ${describeStepUp(stepUp)} (stepUp).`,
    anonymous ? 'Credentials are not looked at (anonymous).' : '',
    unsafe && !anonymous
      ? `A browser must send the Origin of an own page and the CSRF token${browserOnly ? ', also without a session (browserOnly)' : ''}.`
      : '',
    ownSitesOnly ? 'A page of another site cannot send a browser here (ownSitesOnly).' : '',
    takesForm ? 'It takes a form instead of JSON (takesForm).' : '',
  ].filter((sentence) => sentence !== '')
}

function ruleOf(access: RouteFacts['access']): string {
  if (access.kind === 'open') return `Anyone: ${access.reason} (open).`
  if (access.kind === 'in-person')
    return 'A person who signed in; not a key, nor the token of a machine (inPerson).'
  if (access.kind === 'signed-in') return 'Anyone who is signed in (signedIn).'
  return `Who holds the permission ${describeAccess(access)} in the tenant: ${access.grants}.`
}

const WAYS: Readonly<Record<string, (tenancy: Settings['tenancy']) => string>> = {
  header: ({ header_name: name }) => `the header ${name}`,
  subdomain: ({ base_domain: domain }) => `the host <tenant>.${domain ?? ''}`,
  claim: ({ claim_name: name }) => `the claim ${name} of an access token`,
  path: () => 'the path /t/<tenant>/…',
}

/** How the tenant of a request is found. */
export function tenantOf({ tenant, anonymous }: RouteFacts, settings: Settings): readonly string[] {
  const { mode, strategies } = settings.tenancy
  if (tenant === 'none' || anonymous) return ['None is looked for.']
  const demand =
    tenant === 'required'
      ? 'There must be one: without it the answer is 400 tenant.required.'
      : 'There may be one; code that asks for data without it gets tenant.required.'
  if (mode === 'none') return [demand, 'Everybody shares one tenant (tenancy.mode: none).']
  const named = strategies.map((strategy) => WAYS[strategy]?.(settings.tenancy) ?? strategy)
  return [
    demand,
    'It is the tenant of the credential.',
    ...(named.length === 0
      ? []
      : [
          `A request may name it by ${named.join(' or ')}; all that speak must agree, and the caller must be a member.`,
        ]),
  ]
}

const MEBIBYTE = 1_048_576

/** What a request may not exceed. */
export function limitsOf(
  { kind, schemas }: RouteFacts,
  settings: Settings,
  bodyLimitBytes: number | undefined,
): readonly string[] {
  const { http, database } = settings
  const body = bodyLimitBytes ?? http.body_limit_bytes
  const size = body % MEBIBYTE === 0 ? `${body / MEBIBYTE} MiB` : `${body} bytes`
  const takesNone = schemas.body === undefined && kind !== 'foreign'
  return [
    takesNone ? 'It takes no body.' : `The body has at most ${size}.`,
    `The request must arrive within ${http.request_timeout_ms / 1_000} s.`,
    `A statement may run for ${database.statement_timeout_ms / 1_000} s.`,
  ]
}

/** The problems that the OpenAPI document names for an operation; what a route raises where it has none. */
export function problemsOf(
  { method, url }: { readonly method: string; readonly url: string },
  { raises }: RouteFacts,
  openApi: string | undefined,
): RouteReasons['problems'] {
  const document: unknown = openApi === undefined ? {} : JSON.parse(openApi)
  const path = url.replaceAll(/:(\w+)/g, '{$1}')
  const operation = at(document, 'paths', path, method.toLowerCase(), 'responses')
  const described = Object.entries(Object(operation)).flatMap(([status, response]) =>
    [...String(at(response, 'description')).matchAll(/`([\w.]+)`: (.*)/g)].map(
      ([, code = '', says = '']) => ({ code, status: Number(status), says }),
    ),
  )
  if (described.length > 0) return described
  return raises.map(({ code, status, message }) => ({ code, status, says: message }))
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), value)
}
