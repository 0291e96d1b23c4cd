/**
 * Remembers what was read, until it is told that it changed. Each value is about some subjects; a
 * change of a subject drops every value about it.
 */
export interface ReadCache<V> {
  readonly size: number
  get(key: string): V | undefined
  /**
   * Forgets what is about to be read anew, because news may be late: once somebody was told the new
   * state, nobody is told the old one again.
   */
  drop(key: string): void
  /** To be called before the source is read. */
  beginRead(): Read<V>
  changed(subject: string): void
  /** Drops everything: changes may have been missed. */
  clear(): void
}

/**
 * One reading of the source. Disposing of it is a must: an open one collects what changes.
 */
export interface Read<V> extends Disposable {
  /**
   * Keeps what was read; false when one of its subjects changed since the read began. The source may
   * have been read before the change and the answer have come after the news of it: such a value
   * would stay for good.
   */
  keep(key: string, value: V, subjects: readonly string[]): boolean
}

interface Entry<V> {
  readonly value: V
  readonly subjects: readonly string[]
}

/**
 * A bounded cache of reads. When it is full the entry that was read longest ago goes; whoever reads
 * again what is in use from time to time thereby keeps it.
 * @param most entries at most; with 0 nothing is kept
 */
export function createReadCache<V>(most: number): ReadCache<V> {
  const entries = new Map<string, Entry<V>>()
  const keysOf = new Map<string, Set<string>>()
  const open = new Set<OpenRead>()

  function remove(key: string): void {
    const entry = entries.get(key)
    entries.delete(key)
    for (const subject of entry?.subjects ?? []) {
      const keys = keysOf.get(subject)
      keys?.delete(key)
      if (keys?.size === 0) keysOf.delete(subject)
    }
  }

  function put(key: string, entry: Entry<V>): void {
    remove(key)
    const [oldest] = entries.size >= most ? entries.keys() : []
    if (oldest !== undefined) remove(oldest)
    entries.set(key, entry)
    for (const subject of entry.subjects) {
      const keys = keysOf.get(subject) ?? new Set()
      keysOf.set(subject, keys.add(key))
    }
  }

  return {
    get size() {
      return entries.size
    },
    get: (key) => entries.get(key)?.value,
    drop: remove,
    beginRead() {
      const read: OpenRead = { changed: new Set(), missed: false }
      open.add(read)
      return {
        keep(key, value, subjects) {
          if (most === 0 || read.missed || subjects.some((one) => read.changed.has(one)))
            return false
          put(key, { value, subjects })
          return true
        },
        [Symbol.dispose]: () => void open.delete(read),
      }
    },
    changed(subject) {
      for (const read of open) read.changed.add(subject)
      for (const key of keysOf.get(subject) ?? []) remove(key)
    },
    clear() {
      for (const read of open) read.missed = true
      entries.clear()
      keysOf.clear()
    },
  }
}

interface OpenRead {
  readonly changed: Set<string>
  missed: boolean
}
