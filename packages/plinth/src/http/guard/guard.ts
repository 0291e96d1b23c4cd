import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Principal } from '../../access/index.ts'
import { decide } from '../../access/index.ts'
import type { RouteFacts } from '../../feature/index.ts'
import { AppError, epochSeconds, whenThere } from '../../kernel/index.ts'
import type { RequestContext } from '../context.ts'
import type { HttpDeps } from '../deps.ts'
import { httpProblems } from '../http.errors.ts'
import type { Csrf } from './csrf.ts'
import { placementOf, principalOf } from './found.ts'
import type { Origins } from './origin.ts'
import { originFault, sentByScript, sentFromElsewhere } from './origin.ts'
import type { Shown } from './shown.ts'
import { demandStepUp } from './step-up.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const LONGEST_REASON = 200
const REFUSALS = {
  not_signed_in: httpProblems.notSignedIn,
  not_in_person: httpProblems.notInPerson,
  read_only: httpProblems.readOnly,
  not_permitted: httpProblems.notPermitted,
}

/** What the guard asks. */
export interface GuardDeps extends Pick<HttpDeps, 'authenticate' | 'placeInTenant' | 'clock'> {
  readonly csrf: Csrf
  readonly origins: Origins
}

/** A route, and what a request for it shows. */
export interface Visited {
  readonly facts: RouteFacts
  readonly shown: Shown
}

/**
 * Who calls, from where, in which tenant, and may they: the one way into every route.
 * The order is that of contract 4.6: one credential, Origin, CSRF header, credential, CSRF value.
 * @throws AppError 400, 401 or 403
 */
export function guard(
  deps: GuardDeps,
  context: RequestContext,
  { facts, shown }: Visited,
): void | Promise<void> {
  const { request } = context
  if (facts.ownSitesOnly && sentFromElsewhere(request.headers, deps.origins, { links: true }))
    throw httpProblems.crossSite()
  if (carriesCookie(request.headers.cookie, facts.browserCookie)) {
    proof(request.headers, deps.origins)
  }
  if (facts.anonymous) return
  const carried = credentialOf(shown)
  const token = browserToken(deps, request, carried === 'cookie', facts)
  const found = carried === undefined ? undefined : whoIs(deps, request, carried, facts)
  return whenThere(found, (principal) => {
    context.principal = principalOf(principal)
    checkToken(deps.csrf, context, token)
    return whenThere(place(deps, context, facts), (placement) => {
      context.placement = placementOf(placement)
      enter(context, facts)
      if (facts.stepUp !== undefined) demandStepUp(context, facts.stepUp, epochSeconds(deps.clock))
    })
  })
}

/** Who is behind a credential. Where a route answers nobody too, one that is worth nothing is nobody's. */
function whoIs(
  { authenticate }: GuardDeps,
  request: FastifyRequest,
  carried: 'cookie' | 'header',
  { answersNobody = false }: RouteFacts,
): ReturnType<GuardDeps['authenticate']> {
  return answersNobody && carried === 'header'
    ? someoneOrNobody(authenticate, request)
    : authenticate(request)
}

async function someoneOrNobody(
  authenticate: GuardDeps['authenticate'],
  request: FastifyRequest,
): Promise<Principal | undefined> {
  try {
    return await authenticate(request)
  } catch (error) {
    if (error instanceof AppError && error.status === 401) return undefined
    throw error
  }
}

/** Which credential a request carries. Two at once could be read in two ways (D5). */
function credentialOf({ bearer, key, session }: Shown): 'cookie' | 'header' | undefined {
  if (Number(bearer) + Number(key) + Number(session) > 1) throw httpProblems.twoCredentials()
  if (session) return 'cookie'
  return bearer || key ? 'header' : undefined
}

/** Checks where a browser's request comes from; returns the CSRF token of one that needs it. */
function browserToken(
  { origins }: GuardDeps,
  { method, headers }: FastifyRequest,
  cookie: boolean,
  facts: RouteFacts,
): string | undefined {
  if (!SAFE.has(method)) return cookie || facts.browserOnly ? proof(headers, origins) : undefined
  // What a cookie opens is for our own pages: nobody else may embed or load it (ASVS 3.5.8).
  if (cookie && sentFromElsewhere(headers, origins, { links: false }))
    throw httpProblems.crossSite()
  return undefined
}

/** Whether a cookie of a name is there, whatever it holds. */
function carriesCookie(header: string | undefined, name: string | undefined): boolean {
  if (header === undefined || name === undefined) return false
  return header.split(/[;,]/).some((pair) => pair.split('=', 1)[0]?.trim() === name)
}

/** Checks that a script of our own pages sent this, and returns the CSRF token it carries. */
function proof(headers: IncomingHttpHeaders, origins: Origins): string {
  const fault = originFault(headers, origins)
  if (fault !== undefined) {
    const reason = (headers.origin ?? headers.referer ?? '').slice(0, LONGEST_REASON)
    throw httpProblems.origin({ message: fault, reason })
  }
  if (!sentByScript(headers)) {
    throw httpProblems.csrf({ message: 'Invalid CSRF token: a page cannot navigate to this.' })
  }
  const token = headers['x-csrf-token']
  if (typeof token !== 'string' || token === '') {
    throw httpProblems.csrf({ message: 'Missing CSRF token header' })
  }
  return token
}

function checkToken(csrf: Csrf, context: RequestContext, token: string | undefined): void {
  const { principal } = context
  // A cookie principal on an unsafe method without a proof cannot exist; if it ever does, refuse.
  if (principal?.credential.kind !== 'cookie' || SAFE.has(context.request.method)) return
  if (token === undefined || !csrf.accepts(principal, token)) throw httpProblems.csrf()
}

function place(
  deps: GuardDeps,
  { request, principal }: RequestContext,
  facts: RouteFacts,
): ReturnType<GuardDeps['placeInTenant']> {
  if (principal === undefined || facts.tenant === 'none') return undefined
  return deps.placeInTenant(request, principal, facts.tenant)
}

function enter(context: RequestContext, facts: RouteFacts): void {
  const { principal, placement } = context
  const changes = !SAFE.has(context.request.method)
  const decision = decide({ access: facts.access, principal, placement, changes })
  if (!decision.allowed && decision.code === 'not_signed_in') throw notSignedIn(context)
  if (facts.tenant === 'required' && placement === undefined) throw httpProblems.tenantRequired()
  if (!decision.allowed) throw REFUSALS[decision.code]()
}

// Letters of the scheme, then a token; that it stands for nobody, whoever authenticates has said.
const BEARER = /^bearer +[^\s,]+$/i

/** Who sent an Authorization header of another kind believes to be signed in: they learn which one counts. */
function notSignedIn({ request }: RequestContext): Error {
  const { authorization } = request.headers
  if (authorization === undefined || BEARER.test(authorization)) return REFUSALS.not_signed_in()
  return REFUSALS.not_signed_in({
    message:
      'The Authorization header is not "Bearer", one space and an access token; nothing else is read from it.',
  })
}
