import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from '../../../access/index.ts'
import type { Quota, RouteFacts } from '../../../feature/index.ts'
import type { RateLimiterSettings } from './rate-limiter.settings.ts'
import type { Policy, WindowStore } from './window-store.ts'

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

/** The account of one request. Each step throws 429 when it is one too many. */
export interface CountedVisit {
  /** Before anything is looked up: the address and the class sign-in. */
  arrive(): void | Promise<void>
  /** Before a credential that is not known is looked up: tokens and keys of the address that failed. */
  requireTries(): void | Promise<void>
  /** Once it is known who calls, or that nobody does. */
  recognise(principal: Principal | undefined): void | Promise<void>
  /** Writes the headers of what was counted, unless that was done: for whoever never came to `recognise`. */
  tell(): void
  /** For a part of its own, an account's for one. */
  limitBy(limit: 'sign_in' | Quota, key: string): Promise<void>
}

/** The quotas that hold everywhere. */
export interface GeneralQuotas {
  /** Undefined while the limiter is not enabled. */
  readonly address: Quota | undefined
  readonly principal: Quota | undefined
  readonly failedCredentials: Quota
  readonly signIn: Quota
}
