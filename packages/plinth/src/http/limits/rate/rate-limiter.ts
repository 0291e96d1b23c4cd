import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '../../../access/index.ts'
import type { Quota, RouteFacts } from '../../../feature/index.ts'
import { addressBucket } from '../client-address.ts'
import type { Counted } from './rate-headers.ts'
import { inSeconds, rateHeaders } from './rate-headers.ts'
import { rateLimiterProblems } from './rate-limiter.errors.ts'
import type { RateLimiterSettings } from './rate-limiter.settings.ts'
import type { RoutePlan } from './route-plan.ts'
import { createRoutePlans, signInQuota } from './route-plan.ts'
import type { Charge, Policy, Standing, WindowStore } from './window-store.ts'

/** What limits are made from. */
export interface RateLimiterDeps {
  readonly settings: RateLimiterSettings
  readonly store: WindowStore
  /** Told of each request that is refused. */
  refused(refusal: RateRefusal): void
}

/** A request that was one too many. */
export interface RateRefusal {
  readonly policy: Policy
  /** The counter that is used up. */
  readonly key: string
  /** Method and template. */
  readonly route: string
  readonly clientAddress: string | null
  readonly person: string | null
  readonly resetMs: number
}

/** A request at the door. */
export interface Visit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly clientAddress: string | null
  readonly facts: RouteFacts | undefined
  /** Template of its route; undefined where none matched. */
  readonly url: string | undefined
  /** What it shows: a cookie, a token or key in a header, or nothing that will be looked at. */
  readonly carries: 'cookie' | 'header' | undefined
}

/** Counts requests and refuses what is too much. */
export interface RateLimiter {
  /** Opens the account of one request. */
  visit(visit: Visit): CountedVisit
}

/** The account of one request. Each step throws 429 when it is one too many. */
export interface CountedVisit {
  /** Before anything is looked up: the address, the class sign-in, tokens and keys that failed. */
  arrive(): void | Promise<void>
  /** Once it is known who calls, or that nobody does. */
  recognise(principal: Principal | undefined): void | Promise<void>
  /** For a part of its own, an account's for one. */
  limitBy(limit: 'sign_in' | Quota, key: string): Promise<void>
}

/** Makes the limits of a server. */
export function createRateLimiter(deps: RateLimiterDeps): RateLimiter {
  const planOf = createRoutePlans(deps.settings)
  return {
    visit: (visit) => {
      const { request, url, facts } = visit
      return new Account(deps, visit, planOf({ method: request.method, url, facts }))
    },
  }
}

class Account implements CountedVisit {
  readonly #deps: RateLimiterDeps
  readonly #visit: Visit
  readonly #plan: RoutePlan
  readonly #address: string
  readonly #counted: Counted[] = []

  constructor(deps: RateLimiterDeps, visit: Visit, plan: RoutePlan) {
    this.#deps = deps
    this.#visit = visit
    this.#plan = plan
    this.#address = addressBucket(visit.clientAddress ?? 'none')
  }

  arrive(): void | Promise<void> {
    const { enabled, per_address, failed_credentials } = this.#deps.settings
    const { signIn, route, unlimited } = this.#plan
    if (unlimited) return
    const charges: Charge[] = []
    if (enabled) charges.push(this.#charge('address', this.#address, quotaOf(per_address)))
    if (signIn !== undefined) charges.push(this.#signInCharge(signIn))
    if (this.#visit.carries === 'header') {
      const failed = this.#charge('failed-credentials', this.#address, quotaOf(failed_credentials))
      charges.push({ ...failed, cost: 0 })
    }
    if (enabled && route !== undefined && this.#visit.carries === undefined) {
      charges.push(this.#routeCharge(route, this.#address))
    }
    return this.#take(charges, undefined)
  }

  recognise(principal: Principal | undefined): void | Promise<void> {
    const { settings } = this.#deps
    const { route, unlimited } = this.#plan
    if (unlimited) return
    const charges: Charge[] = []
    const limit = principal?.credential.limit
    if (principal !== undefined && limit !== undefined) {
      charges.push(this.#charge('key', principal.credential.id, limit))
    } else if (principal !== undefined && settings.enabled) {
      charges.push(this.#charge('principal', principal.person, quotaOf(settings.per_principal)))
    }
    if (settings.enabled && route !== undefined) {
      charges.push(this.#routeCharge(route, principal?.person ?? this.#address))
    }
    if (principal === undefined && this.#visit.carries === 'header') return this.#failed(charges)
    return this.#take(charges, principal)
  }

  async limitBy(limit: 'sign_in' | Quota, key: string): Promise<void> {
    const { name, signIn, signInGroup } = this.#plan
    const hashed = createHash('sha256').update(key).digest('base64url')
    const charge =
      limit === 'sign_in'
        ? this.#charge(
            'account',
            `${signInGroup} ${hashed}`,
            signIn ?? signInQuota(this.#deps.settings),
          )
        : this.#charge('account', `${name} ${hashed}`, limit)
    await this.#take([charge], undefined)
  }

  /** A token or key that is not valid: counted, and refused from the next request on. */
  #failed(charges: Charge[]): void | Promise<void> {
    const quota = quotaOf(this.#deps.settings.failed_credentials)
    charges.push(this.#charge('failed-credentials', this.#address, quota))
    return this.#take(charges, undefined)
  }

  #signInCharge(quota: Quota): Charge {
    return this.#charge('sign-in', `${this.#plan.signInGroup} ${this.#address}`, quota)
  }

  #routeCharge(quota: Quota, whose: string): Charge {
    return this.#charge('route', `${this.#plan.name} ${whose}`, quota)
  }

  #charge(policy: Policy, key: string, quota: Quota): Charge {
    return { policy, key: `${quota.windowMs} ${key}`, quota, cost: 1 }
  }

  #take(charges: readonly Charge[], principal: Principal | undefined): void | Promise<void> {
    if (charges.length === 0) return
    const standings = this.#deps.store.take(charges)
    if (!('then' in standings)) {
      this.#settle(charges, standings, principal)
      return
    }
    return standings.then((found) => this.#settle(charges, found, principal))
  }

  #settle(
    charges: readonly Charge[],
    standings: readonly Standing[],
    principal: Principal | undefined,
  ): void {
    const counted = pair(charges, standings)
    const refused = counted.filter(({ standing }) => !standing.allowed)
    // An account's own part is no business of whoever names the account, until it is used up.
    this.#counted.push(...counted.filter(({ charge }) => charge.policy !== 'account'))
    if (refused.length === 0) {
      this.#visit.reply.headers(rateHeaders(this.#counted))
      return
    }
    this.#refuse(refused, principal)
  }

  #refuse(refused: readonly Counted[], principal: Principal | undefined): never {
    const { reply, clientAddress } = this.#visit
    const [longest] = refused.toSorted((a, b) => b.standing.resetMs - a.standing.resetMs)
    if (longest === undefined) throw new TypeError('refused without a counter that refuses')
    const { policy, key } = longest.charge
    const { resetMs } = longest.standing
    const others = this.#counted.filter((one) => !refused.includes(one))
    reply.headers(rateHeaders([...others, ...refused]))
    const person = principal?.person ?? null
    this.#deps.refused({ policy, key, route: this.#plan.name, clientAddress, person, resetMs })
    throw rateLimiterProblems.limited({ retryAfterSeconds: Math.max(1, inSeconds(resetMs)) })
  }
}

function pair(charges: readonly Charge[], standings: readonly Standing[]): Counted[] {
  return charges.flatMap((charge, at) => {
    const standing = standings[at]
    return standing === undefined ? [] : [{ charge, standing }]
  })
}

function quotaOf({ requests, window_ms }: { requests: number; window_ms: number }): Quota {
  return { requests, windowMs: window_ms }
}
