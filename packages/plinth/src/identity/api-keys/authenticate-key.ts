import type { FastifyRequest } from 'fastify'
import type { Actor, Principal } from '../../access/index.ts'
import { contextOf } from '../../feature/index.ts'
import { addressBucket, requireTries } from '../../http/index.ts'
import { lastOfConnection } from '../../kernel/index.ts'
import type { Acquaintances } from './acquaintances.ts'
import { createAcquaintances } from './acquaintances.ts'
import { apiKeyProblems } from './api-keys.errors.ts'
import type { CheckKey } from './check-key.ts'
import { passesCheck } from './check-key.ts'
import type { FindKeyDeps } from './find-out-key.ts'
import { findOutKey } from './find-out-key.ts'
import { hashKey, isPresentable } from './key-format.ts'
import { noteKeyAddress, noteKeyUse } from './note-key-use.ts'
import type { RefusalNote, RefusalNoteDeps } from './note-refusal.ts'
import { createRefusalNote } from './note-refusal.ts'
import type { KeyRefusal, UsableKey } from './usable-key.ts'

/** What authenticating API keys needs. */
export interface KeyAuthenticationDeps extends RefusalNoteDeps, FindKeyDeps {
  /** The service's own word. */
  readonly checkKey?: CheckKey | undefined
}

/** Finds who a key stands for. */
export type KeyAuthentication = (
  request: FastifyRequest,
  key: string,
) => Principal | Promise<Principal>

/** Stands for a connection without an address, such as a unix socket. */
const NO_ADDRESS = 'local'

/**
 * Authenticates API keys, in the order that docs/guides/api-keys.md states. A key in memory costs at
 * most one SHA-256 and no query, any other one round trip. Whatever is wrong with a key, the answer is one.
 */
export function createKeyAuthentication(deps: KeyAuthenticationDeps): KeyAuthentication {
  const keys = new KeyAuthenticator(deps)
  return (request, key) => keys.authenticate(request, key)
}

class KeyAuthenticator {
  readonly #deps: KeyAuthenticationDeps
  readonly #noteRefusal: RefusalNote
  readonly #acquaintances: Acquaintances = createAcquaintances()
  /** Null for what cannot be a key. */
  readonly #hashOf = lastOfConnection((key) => (isPresentable(key) ? hashKey(key) : null))

  constructor(deps: KeyAuthenticationDeps) {
    this.#deps = deps
    this.#noteRefusal = createRefusalNote(deps)
  }

  /** @throws AppError 401 api_key.invalid; http counts it against the address */
  authenticate(request: FastifyRequest, key: string): Principal | Promise<Principal> {
    const keyHash = this.#hashOf(request.socket, key)
    if (keyHash === null) return this.#refuse({ code: 'malformed' }, contextOf(request).actor)
    const { cache, clock } = this.#deps
    const { actor } = contextOf(request)
    const answer = cache.find(keyHash, clock.now())
    if (answer === undefined) return this.#lookUp(keyHash, request, actor)
    if (answer.code === 'usable') return this.#admit(answer.key, request, actor)
    return this.#refuse(answer.why, actor)
  }

  async #lookUp(keyHash: string, request: FastifyRequest, actor: Actor): Promise<Principal> {
    if (!this.#acquaintances.has(keyHash)) await requireTries(request)
    const answer = await findOutKey(this.#deps, keyHash)
    if (answer.code === 'usable') {
      this.#acquaintances.add(keyHash)
      return this.#admit(answer.key, request, actor)
    }
    return this.#refuse(answer.why, actor)
  }

  /** What counts for each request: where it comes from, and what the service itself says. */
  #admit(key: UsableKey, request: FastifyRequest, actor: Actor): Principal | Promise<Principal> {
    if (!key.addresses.allows(actor.clientAddress))
      return this.#refuse(refusalOf(key, 'address_denied'), actor)
    const isUsual = this.#deps.checkKey === undefined && key.known.has(bucketOf(actor))
    if (!isUsual) return this.#admitUnusual(key, request, actor)
    noteKeyUse(this.#deps, key)
    return key.principal
  }

  async #admitUnusual(key: UsableKey, request: FastifyRequest, actor: Actor): Promise<Principal> {
    const { method, routeOptions } = request
    const asked = { method, path: routeOptions.url ?? '', clientAddress: actor.clientAddress }
    if (!(await passesCheck(this.#deps, key.checked, asked)))
      return this.#refuse(refusalOf(key, 'hook_denied'), actor)
    noteKeyUse(this.#deps, key)
    const address = bucketOf(actor)
    if (!key.known.has(address)) await noteKeyAddress(this.#deps, key, { address, actor })
    return key.principal
  }

  async #refuse(why: KeyRefusal, actor: Actor): Promise<never> {
    await this.#noteRefusal(why, actor)
    throw apiKeyProblems.invalid(why.code)
  }
}

function bucketOf({ clientAddress }: Actor): string {
  return addressBucket(clientAddress ?? NO_ADDRESS)
}

function refusalOf(
  { checked: { id, tenant } }: UsableKey,
  code: 'address_denied' | 'hook_denied',
): KeyRefusal {
  return { code, id, tenant }
}
