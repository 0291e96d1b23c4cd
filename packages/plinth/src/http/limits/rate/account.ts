import { createHash } from 'node:crypto'
import type { Principal } from '../../../access/index.ts'
import type { Quota } from '../../../feature/index.ts'
import { addressBucket } from '../client-address.ts'
import type { Counted } from './rate-headers.ts'
import { inSeconds, writeRateHeaders } from './rate-headers.ts'
import { rateLimiterProblems } from './rate-limiter.errors.ts'
import type { RoutePlan } from './route-plan.ts'
import type { CountedVisit, GeneralQuotas, RateLimiterDeps, Visit } from './visit.ts'
import type { Charge, Policy, Standing } from './window-store.ts'

/** What the account of a request is opened with. */
export interface AccountParts {
  readonly deps: RateLimiterDeps
  readonly quotas: GeneralQuotas
  readonly plan: RoutePlan
  readonly visit: Visit
}

/** What one request is held against, step by step. */
export class Account implements CountedVisit {
  readonly #parts: AccountParts
  readonly #address: string
  readonly #counted: Counted[] = []
  /** Whether the headers say all that was counted. */
  #isTold = true

  constructor(parts: AccountParts) {
    this.#parts = parts
    this.#address = addressBucket(parts.visit.clientAddress ?? 'none')
  }

  arrive(): void | Promise<void> {
    const { plan, quotas, visit } = this.#parts
    const { signIn, route, signInGroup } = plan
    if (plan.unlimited) return
    const charges: Charge[] = []
    if (quotas.address !== undefined) charges.push(charge('address', this.#address, quotas.address))
    if (signIn !== undefined)
      charges.push(charge('sign-in', `${signInGroup} ${signIn.windowMs} ${this.#address}`, signIn))
    if (route !== undefined && visit.carries === undefined) {
      charges.push(this.#ofRoute(route, this.#address))
    }
    // Who they are comes next, with counters of their own: all is written then.
    return this.#take(charges, undefined, visit.carries === undefined)
  }

  requireTries(): void | Promise<void> {
    if (!this.#parts.plan.unlimited) return this.#take([this.#failure(0)], undefined, false)
  }

  recognise(principal: Principal | undefined): void | Promise<void> {
    const { plan, visit } = this.#parts
    if (plan.unlimited) return
    const charges = principal === undefined ? [] : this.#ofPrincipal(principal)
    if (plan.route !== undefined) {
      charges.push(this.#ofRoute(plan.route, principal?.person ?? this.#address))
    }
    // Counted where it failed, and refused from the next request on.
    if (principal === undefined && visit.carries === 'header') charges.push(this.#failure(1))
    if (charges.length === 0) this.tell()
    else return this.#take(charges, principal)
  }

  tell(): void {
    if (this.#isTold) return
    this.#isTold = true
    writeRateHeaders(this.#parts.visit.reply, this.#counted)
  }

  async limitBy(limit: 'sign_in' | Quota, key: string): Promise<void> {
    const { plan, quotas } = this.#parts
    const hashed = createHash('sha256').update(key).digest('base64url')
    const [group, quota] =
      limit === 'sign_in'
        ? [`sign-in ${plan.signInGroup}`, plan.signIn ?? quotas.signIn]
        : [plan.name, limit]
    await this.#take([charge('account', `${group} ${quota.windowMs} ${hashed}`, quota)], undefined)
  }

  /** A key with a limit of its own has that one, in the place of everybody's. */
  #ofPrincipal({ person, credential }: Principal): Charge[] {
    const { limit, id, family = id } = credential
    if (limit !== undefined) return [charge('key', `${limit.windowMs} ${family}`, limit)]
    const { principal } = this.#parts.quotas
    return principal === undefined ? [] : [charge('principal', person, principal)]
  }

  #failure(cost: Charge['cost']): Charge {
    const { failedCredentials: quota } = this.#parts.quotas
    return { policy: 'failed-credentials', key: this.#address, quota, cost }
  }

  #ofRoute(quota: Quota, whose: string): Charge {
    return charge('route', `${this.#parts.plan.name} ${whose}`, quota)
  }

  #take(
    charges: readonly Charge[],
    principal: Principal | undefined,
    isLast = true,
  ): void | Promise<void> {
    if (charges.length === 0) return
    const standings = this.#parts.deps.store.take(charges)
    if ('then' in standings) {
      return standings.then((found) => this.#settle(charges, found, principal, isLast))
    }
    this.#settle(charges, standings, principal, isLast)
  }

  #settle(
    charges: readonly Charge[],
    standings: readonly Standing[],
    principal: Principal | undefined,
    isLast: boolean,
  ): void {
    const refused: Counted[] = []
    for (let at = 0; at < charges.length; at += 1) {
      const one = charges[at]
      const standing = standings[at]
      if (one === undefined || standing === undefined) continue
      // An account's own part is no business of whoever names the account, until it is used up.
      if (one.cost === 1 && one.policy !== 'account') this.#counted.push({ charge: one, standing })
      if (!standing.allowed) refused.push({ charge: one, standing })
    }
    if (refused.length > 0) this.#refuse(refused, principal)
    this.#isTold = false
    if (isLast) this.tell()
  }

  #refuse(refused: readonly Counted[], principal: Principal | undefined): never {
    const { deps, plan, visit } = this.#parts
    const passed = this.#counted.filter(({ standing }) => standing.allowed)
    this.#isTold = true
    writeRateHeaders(visit.reply, [...passed, ...refused])
    const [longest] = refused.toSorted((a, b) => b.standing.resetMs - a.standing.resetMs)
    const { policy = 'address', key = '' } = longest?.charge ?? {}
    const resetMs = longest?.standing.resetMs ?? 0
    deps.refused({
      policy,
      key,
      route: plan.name,
      clientAddress: visit.clientAddress,
      person: principal?.person ?? null,
      resetMs,
    })
    throw rateLimiterProblems.limited({ retryAfterSeconds: Math.max(1, inSeconds(resetMs)) })
  }
}

function charge(policy: Policy, key: string, quota: Quota): Charge {
  return { policy, key, quota, cost: 1 }
}
