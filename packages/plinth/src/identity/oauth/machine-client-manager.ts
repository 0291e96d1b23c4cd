import type { Actor } from '../../access/index.ts'
import { covers } from '../../access/index.ts'
import type { PlatformDb, Tx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { newId, systemClock } from '../../kernel/index.ts'
import { tenancyProblems } from '../../tenancy/index.ts'
import { findTenant } from '../api-keys/system-keys.repository.ts'
import type { ServiceAccount } from '../service-accounts/service-accounts.repository.ts'
import {
  accountsNamed,
  insertServiceAccount,
} from '../service-accounts/service-accounts.repository.ts'
import { isClientScope } from './client-scope.ts'
import { USUAL_OVERLAP_SECONDS } from './client-secret.ts'
import type { OAuthClient } from './clients.repository.ts'
import { findClient, holdClient, listClients } from './clients.repository.ts'
import { endClient } from './end-client.ts'
import type { MadeClient } from './make-client.ts'
import { fitKeys, makeClient } from './make-client.ts'
import { oauthProblems } from './oauth.errors.ts'
import { renewSecret } from './renew-secret.ts'

/** What a manager of machine clients needs. */
export interface MachineClientManagerOptions {
  readonly platform: PlatformDb
  readonly clock?: Clock
}

/** A machine client as the service itself asks for it. */
export interface MachineClientArguments {
  /** Id or short name of the tenant. */
  readonly tenant: string
  /** Id or name of the service account that it acts as. */
  readonly owner: string
  /** Makes a service account of that name, with the client's scopes, where there is none. */
  readonly makeAccount?: boolean
  readonly name: string
  readonly scopes: readonly string[]
  /** Public keys as JWKs: then it proves itself by them, and gets no secret. */
  readonly publicKeys?: readonly Readonly<Record<string, unknown>>[]
}

const SYSTEM: Actor = { kind: 'system', person: null, clientAddress: null, requestId: null }

/**
 * Looks after machine clients without a request: in code of the service, and on the command line. It is
 * not bound by who asks, and still by what the service account may do; each change leaves its audit
 * row, as the system's.
 */
export class MachineClientManager {
  readonly #platform: PlatformDb
  readonly #clock: Clock

  constructor({ platform, clock = systemClock }: MachineClientManagerOptions) {
    this.#platform = platform
    this.#clock = clock
  }

  /**
   * Makes a client. Its secret is to be had only now.
   * @throws AppError tenant.unknown, oauth.unknown_account, oauth.beyond_account, oauth.unfit_keys
   */
  async create(args: MachineClientArguments): Promise<MadeClient> {
    const { name, scopes, publicKeys: given = [] } = args
    const authentication = given.length > 0 ? 'private_key_jwt' : 'client_secret'
    const keys = await fitKeys({ authentication, keys: given })
    return this.#inNamed(args.tenant, async (tx) => {
      const { id: account, grants } = await this.#accountOf(tx, args)
      const isWithin = (scope: string) => grants.some((grant) => covers(grant, scope))
      if (!scopes.every((scope) => isClientScope(scope) && isWithin(scope)))
        throw oauthProblems.beyondAccount()
      const wanted = { name, account, scopes, authentication, keys: given } as const
      return makeClient(tx, this.#clock, { wanted, keys, by: null, actor: SYSTEM })
    })
  }

  /** The clients of a tenant, oldest first: a thousand at most. */
  list(tenant: string): Promise<readonly OAuthClient[]> {
    return this.#inNamed(tenant, async (tx) => {
      const { rows } = await listClients(tx, tx.tenant, { limit: 1_000, offset: 0 })
      return rows.slice(0, 1_000)
    })
  }

  /**
   * Gives a client a new secret.
   * @param overlapSeconds seconds for which the secrets before it still work
   * @throws AppError oauth.unknown_client, oauth.no_secrets
   */
  rotate(id: string, overlapSeconds: number = USUAL_OVERLAP_SECONDS): Promise<string> {
    return this.#atClient(id, (tx, client) =>
      renewSecret(tx, this.#clock, { client, overlapSeconds, actor: SYSTEM }),
    )
  }

  /**
   * Revokes a client.
   * @throws AppError oauth.unknown_client
   */
  revoke(id: string): Promise<void> {
    return this.#atClient(id, (tx, client) => endClient(tx, this.#clock, { client, actor: SYSTEM }))
  }

  async #accountOf(
    tx: Tx,
    { owner, makeAccount = false, scopes }: MachineClientArguments,
  ): Promise<Pick<ServiceAccount, 'id' | 'grants'>> {
    const [found, ...others] = await accountsNamed(tx, owner)
    if (others.length > 0) throw oauthProblems.unknownAccount('several of that name')
    if (found !== undefined) return found
    if (!makeAccount) throw oauthProblems.unknownAccount('none of that name')
    const id = newId<'person'>(this.#clock)
    await insertServiceAccount(tx, { id, name: owner, permissions: scopes })
    return { id, grants: scopes }
  }

  #inNamed<T>(named: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#platform.transaction(async (tx) => {
      const tenant: Id<'tenant'> | undefined = await findTenant(tx, named)
      if (tenant === undefined) throw tenancyProblems.unknown(`named ${named}`)
      return tx.inTenant(tenant, work)
    })
  }

  #atClient<T>(id: string, work: (tx: Tx, client: OAuthClient) => Promise<T>): Promise<T> {
    return this.#platform.transaction(async (tx) => {
      const tenant = (await findClient(tx, id))?.tenant_id
      if (tenant === undefined) throw oauthProblems.unknownClient()
      return tx.inTenant(tenant, async (inside) => {
        const client = await holdClient(inside, { id, tenant })
        if (client === undefined) throw oauthProblems.unknownClient()
        return work(inside, client)
      })
    })
  }
}
