import { z } from 'zod'
import type { Actor } from '../../access/index.ts'
import { isGrant } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx, Tx } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { isAddressEntry } from './address-rule.ts'
import { apiKeyEvents } from './api-keys.events.ts'
import { KEY_TYPES } from './key-format.ts'
import { shownName } from './shown-name.ts'
import { findOwners, findTenant } from './system-keys.repository.ts'
import { insertKey } from './write-keys.repository.ts'

const HEX = /^[0-9a-fA-F]{64}$/
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/

const row = z.strictObject({
  hash: z
    .string()
    .refine((text) => HEX.test(text) || BASE64.test(text), 'must be a SHA-256 in hex or base64')
    .describe('SHA-256 of the whole key'),
  tenant: z.string().min(1).max(63),
  owner: z.string().min(1).max(320),
  name: shownName,
  type: z.enum(KEY_TYPES).default('user'),
  prefix: z.string().max(12).default(''),
  scopes: z.array(
    z.string().refine((text) => isGrant(text) && !text.startsWith('platform:'), {
      error: 'must be area:action, area:* or *',
    }),
  ),
  allowed_ips: z
    .array(z.string().refine(isAddressEntry, 'must be an address or a network'))
    .min(1)
    .nullable()
    .default(null),
  rate_limit: z.int32().min(1).nullable().default(null),
  metadata: z.record(z.string(), z.json()).default({}),
  expires_at: z.iso.datetime({ offset: true }).nullable().default(null),
})
const checkedRow = row.refine(({ type, scopes }) => type === 'admin' || !scopes.includes('*'), {
  path: ['scopes'],
  error: 'may hold * in an admin key only',
})

/** A key of another system: what is known of it is its hash. */
export type ImportedKey = z.input<typeof row>

/** What came of an import: with a fault anywhere nothing was written. */
export interface KeyImport {
  readonly imported: number
  /** Hashes that were there already. */
  readonly known: number
  /** One sentence for each fault, with the number of the entry. */
  readonly faults: readonly string[]
}

/** What an import needs. */
export interface KeyImportDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  /** Looks at every entry, and writes nothing. */
  readonly dryRun?: boolean
}

const SYSTEM: Actor = { kind: 'system', person: null, clientAddress: null, requestId: null }

class Undone extends Error {}

/**
 * Takes over keys by their hashes, so that programs go on with the keys they have. Run again, it adds
 * only what is new. All entries or none.
 */
export async function importKeys(deps: KeyImportDeps, entries: unknown): Promise<KeyImport> {
  const list = z.array(z.unknown()).safeParse(entries)
  if (!list.success) return { imported: 0, known: 0, faults: ['the file must hold a list of keys'] }
  const found = { imported: 0, known: 0, faults: [] as string[] }
  const all = deps.platform.transaction(async (tx) => {
    for (const [at, entry] of list.data.entries()) {
      const result = await importOne(deps, tx, entry)
      if (result === 'imported' || result === 'known') found[result] += 1
      else found.faults.push(...result.map((fault) => `entry ${at + 1}: ${fault}`))
    }
    if (found.faults.length > 0 || deps.dryRun === true) throw new Undone()
  })
  await all.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error
  })
  return found.faults.length > 0 ? { ...found, imported: 0 } : found
}

async function importOne(
  deps: KeyImportDeps,
  tx: PlatformTx,
  entry: unknown,
): Promise<'imported' | 'known' | readonly string[]> {
  const parsed = checkedRow.safeParse(entry)
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'} ${message}`)
  }
  const tenant = await findTenant(tx, parsed.data.tenant)
  if (tenant === undefined) return [`there is no open tenant ${parsed.data.tenant}`]
  return tx.inTenant(tenant, (inside) => write(deps, inside, parsed.data))
}

async function write(
  { clock }: KeyImportDeps,
  tx: Tx,
  key: z.output<typeof row>,
): Promise<'imported' | 'known' | readonly string[]> {
  const [owner, ...others] = await findOwners(tx, key.owner)
  if (owner === undefined || others.length > 0)
    return [`${key.owner} is not one active member of ${key.tenant}`]
  const id = newId<'api-key'>(clock)
  const isNew = await insertKey(tx, {
    ...key,
    id,
    keyHash: Buffer.from(key.hash, HEX.test(key.hash) ? 'hex' : 'base64'),
    test: false,
    tenant: tx.tenant,
    owner: owner.id,
    createdBy: null,
    parent: null,
    family: id,
    allowedIps: key.allowed_ips,
    rateLimit: key.rate_limit,
    expiresAt: key.expires_at,
    now: isoTime(clock.now()),
  })
  if (!isNew) return 'known'
  const target = { type: 'api_key', id }
  const data = { type: key.type, owner: owner.id, scopes: [...key.scopes] }
  await record(tx, SYSTEM, apiKeyEvents.imported({ outcome: 'success', target, data }))
  return 'imported'
}
