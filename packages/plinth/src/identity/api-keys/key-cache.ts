import type { Read } from '../../cache/index.ts'
import { createReadCache } from '../../cache/index.ts'
import type { Database } from '../../data/index.ts'
import type { KeyRefusal, UsableKey } from './usable-key.ts'

/** What was found out about a key. */
export type KeyAnswer =
  | { readonly code: 'usable'; readonly key: UsableKey; readonly untilMs: number }
  | { readonly code: 'refused'; readonly why: KeyRefusal; readonly untilMs: number }

/** A key that was looked for in the database. */
export interface KeyRead extends Disposable {
  /** Keeps what was found; `subjects` as the database names them when it tells of a change. */
  keep(answer: KeyAnswer, subjects: readonly string[]): void
}

/** The keys that this process has in memory, by their hash. */
export interface KeyCache {
  /** Undefined when the database must be asked. */
  find(keyHash: string, nowMs: number): KeyAnswer | undefined
  beginRead(keyHash: string, nowMs: number): KeyRead
  /** Drops what is known of a key without waiting for the news of what this process did. */
  forget(id: string): void
}

/** What a key cache is made from. */
export interface KeyCacheOptions {
  /** Without it nothing good is remembered. */
  readonly listen: Database['listen'] | undefined
  /** Keys at most, and as many refused ones beside them. */
  readonly most: number
}

/** The channel on which triggers tell what changed: keys, people, memberships and tenants. */
const CHANNEL = 'plinth_sessions'

/** While news might be late, and for keys that are in no table, an answer is worth so long. */
const UNTOLD_MS = 1_000

interface Kept {
  readonly answer: KeyAnswer
  readonly readAtMs: number
  /** Whether the database tells when it is no longer true. */
  readonly told: boolean
}

/**
 * Keeps keys that were read, good ones and refused ones apart: no flood of refused keys pushes a good
 * one out. What the database tells of is true until it tells; a good key is taken from memory only
 * while its news arrive (at most a second late).
 */
export function createKeyCache({ listen, most }: KeyCacheOptions): KeyCache {
  const usable = createReadCache<Kept>(most)
  const refused = createReadCache<Kept>(most)
  const hear = (subject: string) => {
    usable.changed(subject)
    refused.changed(subject)
  }
  const missed = () => {
    usable.clear()
    refused.clear()
  }
  const listener = most > 0 ? listen?.(CHANNEL, { hear, missed }) : undefined

  function find(keyHash: string, nowMs: number): KeyAnswer | undefined {
    const isCurrent = listener?.isCurrent() === true
    if (!isCurrent) usable.drop(keyHash)
    const good = usable.get(keyHash)
    if (good !== undefined && isTrue(good, nowMs)) return good.answer
    const bad = refused.get(keyHash)
    if (bad === undefined || !isTrue(bad, nowMs)) return undefined
    const isFresh = nowMs - bad.readAtMs < UNTOLD_MS
    return isFresh || (bad.told && isCurrent) ? bad.answer : undefined
  }

  return {
    find,
    beginRead(keyHash, readAtMs) {
      const reads = { usable: usable.beginRead(), refused: refused.beginRead() }
      return {
        keep: (answer, subjects) => {
          const told = subjects.length > 0
          reads[answer.code].keep(keyHash, { answer, readAtMs, told }, subjects)
        },
        [Symbol.dispose]: () => dispose(reads.usable, reads.refused),
      }
    },
    forget: (id) => hear(`key ${id}`),
  }
}

/** A clock that was set back makes nothing last longer. */
function isTrue({ answer, readAtMs }: Kept, nowMs: number): boolean {
  return nowMs >= readAtMs && nowMs < answer.untilMs
}

function dispose(...reads: readonly Read<Kept>[]): void {
  for (const read of reads) read[Symbol.dispose]()
}
