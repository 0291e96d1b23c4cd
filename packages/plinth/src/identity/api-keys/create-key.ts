import { record } from '../../audit/index.ts'
import type { Db, Tx } from '../../data/index.ts'
import type { ErrorDetail, Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { KeyRecord } from './api-key.ts'
import { keyStatus } from './api-key.ts'
import { apiKeyEvents } from './api-keys.events.ts'
import { findKey, holdKey } from './api-keys.repository.ts'
import type { KeyAsker } from './key-asker.ts'
import type { ParentKey } from './key-bounds.ts'
import { beyondBounds } from './key-bounds.ts'
import type { KeyType } from './key-format.ts'
import { displayPrefix, hashKey, newKey } from './key-format.ts'
import { endOfNewKey, termFaults } from './key-terms.ts'
import type { KeysDeps } from './keys-deps.ts'
import { requireKnownScopes } from './known-scopes.ts'
import { tellOfKey } from './tell-of-key.ts'
import type { KeyOwner } from './write-keys.repository.ts'
import { countKeys, holdOwner, insertKey } from './write-keys.repository.ts'

/** A key as somebody asks for it. */
export interface KeyRequested {
  readonly type: KeyType
  readonly name: string
  readonly scopes: readonly string[]
  /** Whom it acts as; the one who asks by default. */
  readonly owner_id?: string | undefined
  /** Null for never; without it, as settings say. */
  readonly expires_at?: string | null | undefined
  readonly allowed_ips?: readonly string[] | null | undefined
  readonly rate_limit?: number | null | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  readonly test?: boolean | undefined
}

/** What became of it; `key` is the only time that the key itself is to be had. */
export type KeyCreated =
  | { readonly code: 'created'; readonly key: string; readonly record: KeyRecord }
  | { readonly code: 'beyond'; readonly details: readonly ErrorDetail[] }
  | { readonly code: 'unfit'; readonly details: readonly ErrorDetail[] }
  | { readonly code: 'too_many' }
  | { readonly code: 'parent_ended' }

/**
 * Makes a key, with its audit row and the mail to whoever is behind it.
 * @throws AppError permission.unknown
 */
export function createKey(
  deps: KeysDeps,
  db: Db,
  by: KeyAsker,
  asked: KeyRequested,
): Promise<KeyCreated> {
  return db.transaction(async (tx) => {
    const parent = await parentOf(deps, tx, by)
    if (parent === 'ended') return { code: 'parent_ended' }
    const owner = await ownerOf(tx, by, asked)
    if (owner === undefined) return NOT_THEIRS
    const wish = wishOf(deps, asked, parent)
    const beyond = beyondBounds(wish, { grants: by.grants, parent })
    if (beyond.length > 0) return { code: 'beyond', details: beyond }
    const unfit = [...typeFaults(asked.type, owner), ...faultsOf(deps, wish)]
    if (unfit.length > 0) return { code: 'unfit', details: unfit }
    await requireKnownScopes(deps, tx, wish.scopes)
    return insert(deps, tx, by, { ...wish, asked, owner, parent })
  })
}

/** The key that asks, held so that it cannot be revoked while its child is made. */
async function parentOf(
  { clock }: KeysDeps,
  tx: Tx,
  by: KeyAsker,
): Promise<KeyRecord | undefined | 'ended'> {
  if (by.key === undefined) return undefined
  await holdKey(tx, by.key)
  const seen = { of: 'key', key: by.key } as const
  const parent = await findKey(tx, { tenant: by.tenant, seen }, by.key)
  return parent !== undefined && keyStatus(parent, clock.now()) === 'active' ? parent : 'ended'
}

/**
 * Nobody makes a key that acts as another person: an owner is oneself, or a service account for those
 * who may make keys for them. A key makes keys for its own owner only.
 */
async function ownerOf(
  tx: Tx,
  { person, tenant, manages, key }: KeyAsker,
  { owner_id: wanted = person }: KeyRequested,
): Promise<KeyOwner | undefined> {
  if (wanted !== person && (key !== undefined || !manages)) return undefined
  const owner = await holdOwner(tx, { owner: wanted, tenant })
  return owner?.id === person || owner?.kind === 'service' ? owner : undefined
}

const NOT_THEIRS: KeyCreated = {
  code: 'beyond',
  details: [{ path: 'body/owner_id', message: 'you may not make keys for them', code: 'beyond' }],
}

/** What is wished, with what was left out: a child takes over the bounds of its parent. */
function wishOf({ clock, settings }: KeysDeps, asked: KeyRequested, parent: ParentKey | undefined) {
  const { type, scopes, test = parent?.test ?? false } = asked
  const notAfter = parent?.expires_at ?? null
  const when = { nowMs: clock.now(), notAfter }
  return {
    type,
    scopes: [...new Set(scopes)],
    test,
    allowed_ips:
      asked.allowed_ips === undefined ? (parent?.allowed_ips ?? null) : asked.allowed_ips,
    rate_limit: asked.rate_limit === undefined ? (parent?.rate_limit ?? null) : asked.rate_limit,
    expires_at: endOfNewKey(asked.expires_at, settings, when),
  }
}

type Wish = ReturnType<typeof wishOf>

function faultsOf({ clock, settings, production }: KeysDeps, wish: Wish): readonly ErrorDetail[] {
  const faults = termFaults(wish, settings, clock.now())
  if (!wish.test || !production) return faults
  const message = 'test keys are not taken in production; leave it out'
  return [...faults, { path: 'body/test', message, code: 'unfit' }]
}

function typeFaults(type: KeyType, { kind }: KeyOwner): readonly ErrorDetail[] {
  const code = 'unfit'
  if (type === 'service' && kind !== 'service')
    return [{ path: 'body/type', message: 'a service key acts as a service account', code }]
  if (type === 'user' && kind !== 'human')
    return [{ path: 'body/type', message: 'a user key acts as a person', code }]
  return []
}

interface Agreed extends Wish {
  readonly asked: KeyRequested
  readonly owner: KeyOwner
  readonly parent: KeyRecord | undefined
}

async function insert(
  deps: KeysDeps,
  tx: Tx,
  by: KeyAsker,
  { asked, owner, parent, ...wish }: Agreed,
): Promise<KeyCreated> {
  const now = isoTime(deps.clock.now())
  const live = await countKeys(tx, owner.id, { tenant: by.tenant, now })
  if (live >= deps.settings.max_per_owner) return { code: 'too_many' }
  const key = newKey(wish.type, wish)
  const id = newId<'api-key'>(deps.clock)
  await insertKey(tx, {
    id,
    keyHash: Buffer.from(hashKey(key), 'hex'),
    prefix: displayPrefix(key),
    type: wish.type,
    test: wish.test,
    tenant: by.tenant,
    owner: owner.id,
    createdBy: by.person,
    parent: parent?.id ?? null,
    family: id,
    name: asked.name,
    scopes: wish.scopes,
    allowedIps: wish.allowed_ips,
    rateLimit: wish.rate_limit,
    metadata: asked.metadata ?? {},
    now,
    expiresAt: wish.expires_at,
  })
  const made = await readBack(tx, by.tenant, id)
  await record(tx, by.actor, createdEvent(made))
  await tellOfKey(deps, tx, { what: 'created', key: made, by: by.person, now })
  return { code: 'created', key, record: made }
}

/** @throws TypeError when a key that was just written is not there */
async function readBack(tx: Tx, tenant: Id<'tenant'>, id: Id<'api-key'>): Promise<KeyRecord> {
  const made = await findKey(tx, { tenant, seen: { of: 'tenant' } }, id)
  if (made === undefined) throw new TypeError('a key that was just written is not there')
  return made
}

function createdEvent({ id, type, owner_id, scopes, expires_at, parent_id }: KeyRecord) {
  return apiKeyEvents.created({
    outcome: 'success',
    target: { type: 'api_key', id },
    data: { type, owner: owner_id, scopes: [...scopes], expires_at, parent: parent_id },
  })
}
