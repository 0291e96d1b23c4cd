import type { Actor } from '../../access/index.ts'
import type { PlatformDb, PlatformTx, Tx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { newId, systemClock } from '../../kernel/index.ts'
import { tenancyProblems } from '../../tenancy/index.ts'
import { insertServiceAccount } from '../service-accounts/service-accounts.repository.ts'
import type { KeyRecord } from './api-key.ts'
import { apiKeyProblems } from './api-keys.errors.ts'
import { listKeys } from './api-keys.repository.ts'
import type { ApiKeySettings } from './api-keys.settings.ts'
import { apiKeySettings } from './api-keys.settings.ts'
import { createKey } from './create-key.ts'
import { createdOf, revokedOf, rotatedOf } from './key-answers.ts'
import type { KeyAsker } from './key-asker.ts'
import type { KeyType } from './key-format.ts'
import type { KeysDeps } from './keys-deps.ts'
import { revokeKey } from './revoke-key.ts'
import { rotateKey } from './rotate-key.ts'
import type { MemberOwner } from './system-keys.repository.ts'
import { findOwners, findTenant, tenantOfKey } from './system-keys.repository.ts'

/** What a manager of keys needs. */
export interface APIKeyManagerOptions {
  readonly platform: PlatformDb
  readonly clock?: Clock
  readonly settings?: ApiKeySettings
  /** Whether this is production, where test keys are not taken. */
  readonly production?: boolean
}

/** A key as the service itself asks for it. */
export interface KeyArguments {
  readonly keyType: KeyType
  /** Id or short name of the tenant. */
  readonly tenant: string
  /** Id, verified address, or name of a service account. */
  readonly owner: string
  /** Makes a service account of that name, with the key's scopes, where there is none. */
  readonly makeAccount?: boolean
  readonly name: string
  readonly scopes?: readonly string[]
  /** The same as `scopes`, under the name that older templates gave it; both are joined. */
  readonly permissions?: readonly string[]
  /** Requests a minute. */
  readonly rateLimit?: number
  /** ISO time; null for never. */
  readonly expiresAt?: string | null
  readonly allowedIps?: readonly string[]
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly test?: boolean
}

const SYSTEM: Actor = { kind: 'system', person: null, clientAddress: null, requestId: null }
const SILENT: KeysDeps['notify'] = { mail: async () => undefined }
/** The operator is not bound by what may be asked for over HTTP. */
const ANY_RATE = 1_000_000

/**
 * Looks after API keys without a request: in code of the service, and on the command line. It is not
 * bound by who asks, and still by what the owner may do; each change leaves its audit row, as the
 * system's. `generateKey` answers `[rawKey, apiKey]`.
 */
export class APIKeyManager {
  readonly #platform: PlatformDb
  readonly #deps: KeysDeps

  constructor({
    platform,
    clock = systemClock,
    settings,
    production = false,
  }: APIKeyManagerOptions) {
    this.#platform = platform
    this.#deps = {
      clock,
      settings: { ...(settings ?? apiKeySettings.parse({})), max_rate_limit: ANY_RATE },
      notify: SILENT,
      baseUrl: '',
      production,
    }
  }

  /**
   * Makes a key. The first of the pair is the key itself and is to be had only now.
   * @throws AppError tenant.unknown, api_key.owner_unknown, api_key.beyond_yours, api_key.unfit
   */
  generateKey(args: KeyArguments): Promise<readonly [rawKey: string, apiKey: KeyRecord]> {
    const { keyType: type, name, expiresAt, allowedIps, rateLimit, metadata, test } = args
    const scopes = [...(args.scopes ?? []), ...(args.permissions ?? [])]
    return this.#inNamed(args.tenant, async (tx) => {
      const owner = await ownerOf(tx, args, scopes)
      const made = createdOf(
        await createKey(this.#deps, tx, askerFor(tx, owner), {
          type,
          name,
          scopes,
          expires_at: expiresAt,
          allowed_ips: allowedIps,
          rate_limit: rateLimit,
          metadata,
          test,
        }),
      )
      return [made.key, made.record]
    })
  }

  /** The keys of a tenant, oldest first: a thousand at most. */
  listKeys(tenant: string): Promise<readonly KeyRecord[]> {
    return this.#inNamed(tenant, async (tx) => {
      const sight = { tenant: tx.tenant, seen: { of: 'tenant' } } as const
      const { rows } = await listKeys(tx, sight, { limit: 1_000, offset: 0 })
      return rows.slice(0, 1_000)
    })
  }

  /**
   * Replaces a key by a new one.
   * @param overlapSeconds seconds that the old one still works
   * @throws AppError api_key.unknown, api_key.ended, api_key.rotated, api_key.beyond_yours
   */
  rotateKey(
    id: string,
    overlapSeconds = this.#deps.settings.rotation_overlap_seconds,
  ): Promise<readonly [rawKey: string, apiKey: KeyRecord]> {
    return this.#atKey(id, async (tx, by) => {
      const made = rotatedOf(await rotateKey(this.#deps, tx, by, { id, overlapSeconds }))
      return [made.key, made.record]
    })
  }

  /**
   * Revokes a key and what it made; returns how many ended.
   * @throws AppError api_key.unknown
   */
  revokeKey(id: string): Promise<number> {
    return this.#atKey(
      id,
      async (tx, by) => revokedOf(await revokeKey(this.#deps, tx, by, id)).length,
    )
  }

  #inNamed<T>(named: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#platform.transaction(async (tx) => {
      const tenant = await findTenant(tx, named)
      if (tenant === undefined) throw tenancyProblems.unknown(`named ${named}`)
      return tx.inTenant(tenant, work)
    })
  }

  #atKey<T>(id: string, work: (tx: Tx, by: KeyAsker) => Promise<T>): Promise<T> {
    return this.#platform.transaction(async (tx: PlatformTx) => {
      const tenant = await tenantOfKey(tx, id)
      if (tenant === undefined) throw apiKeyProblems.unknown()
      return tx.inTenant(tenant, async (inside) => work(inside, await askerForKey(inside, id)))
    })
  }
}

/** Acts in the place of an owner, and gives no more than the owner has. */
function askerFor({ tenant }: Tx, { id: person, grants }: MemberOwner): KeyAsker {
  return { actor: SYSTEM, tenant, person, grants, key: undefined, manages: true }
}

async function askerForKey(tx: Tx, id: string): Promise<KeyAsker> {
  const { rows } = await tx.query<MemberOwner>(
    `select k.owner_id as id, coalesce(m.grants, '{}') as grants
       from plinth.api_keys k
       left join plinth.memberships m on m.person_id = k.owner_id and m.tenant_id = k.tenant_id
      where k.id = $1`,
    [id],
  )
  const [owner] = rows
  if (owner === undefined) throw apiKeyProblems.unknown()
  return askerFor(tx, owner)
}

async function ownerOf(
  tx: Tx,
  { owner: named, makeAccount = false }: KeyArguments,
  scopes: readonly string[],
): Promise<MemberOwner> {
  const [found, ...others] = await findOwners(tx, named)
  if (others.length > 0) throw apiKeyProblems.ownerUnknown('several of that name')
  if (found !== undefined) return found
  if (!makeAccount) throw apiKeyProblems.ownerUnknown('nobody of that name')
  const id = newId<'person'>() as Id<'person'>
  await insertServiceAccount(tx, { id, name: named, permissions: scopes })
  return { id, grants: scopes }
}
