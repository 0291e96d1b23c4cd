import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { JWK } from 'jose'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Clock } from '../../kernel/index.ts'

/** What the provider must remember across restarts: its keys, and who is signed in. */
export interface ProviderMemory {
  readonly signingKeys: readonly JWK[]
  readonly cookieKeys: readonly string[]
}

interface Record {
  readonly model: string
  readonly id: string
  readonly expiresAtMs: number
  payload: AdapterPayload
}

interface Snapshot extends ProviderMemory {
  readonly records: readonly Record[]
}

/**
 * The provider's records: sessions, grants, codes and refresh tokens in one map, kept in a file
 * (mode 0600) where one is named. A development provider holds a few dozen, so scans are fine.
 */
export class ProviderRecords {
  readonly memory: ProviderMemory
  readonly #records = new Map<string, Record>()
  readonly #clock: Clock
  readonly #file: string | undefined
  #pending: NodeJS.Timeout | undefined

  constructor(options: { memory: ProviderMemory; clock: Clock; file: string | undefined }) {
    this.memory = options.memory
    this.#clock = options.clock
    this.#file = options.file
    if (this.#file !== undefined) this.#restore(this.#file)
    this.#saveSoon()
  }

  /** The storage that oidc-provider asks for, for one of its models. */
  adapter(model: string): Adapter {
    return {
      upsert: async (id, payload, expiresIn) => this.#put(model, id, payload, expiresIn),
      find: async (id) => this.#live(`${model}:${id}`)?.payload,
      findByUid: async (uid) => this.#first(model, (payload) => payload.uid === uid),
      findByUserCode: async (code) => this.#first(model, (payload) => payload.userCode === code),
      consume: async (id) => this.#consume(model, id),
      destroy: async (id) => this.#remove((record) => record.model === model && record.id === id),
      revokeByGrantId: async (grantId) => this.forgetGrant(grantId),
    }
  }

  /** Ends a grant: every token that came from it is gone. */
  forgetGrant(grantId: string): void {
    this.#remove(
      (record) =>
        record.payload.grantId === grantId || (record.model === 'Grant' && record.id === grantId),
    )
  }

  /** Writes what is still unsaved and stops the timer. */
  close(): void {
    if (this.#pending === undefined) return
    clearTimeout(this.#pending)
    this.#save()
  }

  #put(model: string, id: string, payload: AdapterPayload, expiresIn?: number): void {
    const lifetimeMs = expiresIn === undefined ? Number.MAX_SAFE_INTEGER : expiresIn * 1000
    const expiresAtMs = Math.min(this.#clock.now() + lifetimeMs, Number.MAX_SAFE_INTEGER)
    this.#records.set(`${model}:${id}`, { model, id, payload, expiresAtMs })
    this.#saveSoon()
  }

  #live(key: string): Record | undefined {
    const record = this.#records.get(key)
    return record !== undefined && record.expiresAtMs > this.#clock.now() ? record : undefined
  }

  #first(model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, record] of this.#records)
      if (record.model === model && matches(record.payload)) return this.#live(key)?.payload
    return undefined
  }

  #consume(model: string, id: string): void {
    const record = this.#live(`${model}:${id}`)
    if (record === undefined) return
    record.payload = { ...record.payload, consumed: Math.floor(this.#clock.now() / 1000) }
    this.#saveSoon()
  }

  #remove(matches: (record: Record) => boolean): void {
    for (const [key, record] of this.#records) if (matches(record)) this.#records.delete(key)
    this.#saveSoon()
  }

  #restore(file: string): void {
    const { records } = readSnapshot(file) ?? { records: [] }
    for (const record of records) this.#records.set(`${record.model}:${record.id}`, record)
  }

  /** A sign-in writes a dozen records; they reach the disk together. */
  #saveSoon(): void {
    if (this.#file === undefined || this.#pending !== undefined) return
    this.#pending = setTimeout(() => this.#save(), 100).unref()
  }

  #save(): void {
    this.#pending = undefined
    if (this.#file === undefined) return
    const now = this.#clock.now()
    const records = [...this.#records.values()].filter((record) => record.expiresAtMs > now)
    const snapshot: Snapshot = { ...this.memory, records }
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(`${this.#file}.new`, JSON.stringify(snapshot), { mode: 0o600 })
    chmodSync(`${this.#file}.new`, 0o600)
    renameSync(`${this.#file}.new`, this.#file)
  }
}

/** The keys of an earlier run, or undefined for a first start or a damaged file (which starts afresh). */
export function readMemory(file: string | undefined): ProviderMemory | undefined {
  const snapshot = file === undefined ? undefined : readSnapshot(file)
  if (snapshot === undefined || snapshot.signingKeys.length === 0) return undefined
  return { signingKeys: snapshot.signingKeys, cookieKeys: snapshot.cookieKeys }
}

function readSnapshot(file: string): Snapshot | undefined {
  if (!existsSync(file)) return undefined
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isSnapshot(found) ? found : undefined
  } catch {
    return undefined
  }
}

function isSnapshot(found: unknown): found is Snapshot {
  return (
    typeof found === 'object' &&
    found !== null &&
    ['signingKeys', 'cookieKeys', 'records'].every((key) => Array.isArray(Reflect.get(found, key)))
  )
}
