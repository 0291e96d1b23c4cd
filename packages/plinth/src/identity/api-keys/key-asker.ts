import type { Actor, Placement, Principal } from '../../access/index.ts'
import { holds } from '../../access/index.ts'
import { httpProblems } from '../../http/index.ts'
import type { Id } from '../../kernel/index.ts'
import { mayKeys } from './api-keys.permissions.ts'
import type { KeysSeen } from './api-keys.repository.ts'

/** Who looks after keys, and how far that goes. */
export interface KeyAsker {
  readonly actor: Actor
  readonly tenant: Id<'tenant'>
  readonly person: Id<'person'>
  /** What they may do in the tenant themselves; a key never holds more. */
  readonly grants: readonly string[]
  /** The key they came with; undefined for a person who signed in. */
  readonly key: Id<'api-key'> | undefined
  /** Whether they may make keys for service accounts and revoke those of others. */
  readonly manages: boolean
}

/** What tells who asks. */
export interface AskedBy {
  readonly principal: Principal
  readonly placement: Placement | undefined
  readonly actor: Actor
}

/**
 * Who asks for a key or changes one: a person who signed in, or a key that was given `api_key:manage`
 * by that name. A wildcard is not enough, and no token is: what makes keys must be meant to.
 * @throws AppError 403 access.in_person, 400 tenant.required
 */
export function keyAsker({ principal, placement, actor }: AskedBy): KeyAsker {
  if (placement === undefined) throw httpProblems.tenantRequired()
  const { credential, person } = principal
  const { tenant, permissions: grants } = placement
  const manages = holds(grants, mayKeys.manage.permission)
  const asker = { actor, tenant, person, grants, manages }
  if (credential.session !== undefined) return { ...asker, key: undefined }
  const isMeantTo = grants.includes(mayKeys.manage.permission)
  if (credential.kind !== 'api-key' || !isMeantTo) throw httpProblems.notInPerson()
  return { ...asker, key: credential.id as Id<'api-key'> }
}

/** Which keys somebody sees: a key its own kin, who may read all all, anybody else their own. */
export function keysSeenBy({ key, person, grants, manages }: KeyAsker): KeysSeen {
  if (key !== undefined) return { of: 'key', key }
  if (manages || holds(grants, mayKeys.read.permission)) return { of: 'tenant' }
  return { of: 'owner', owner: person }
}
