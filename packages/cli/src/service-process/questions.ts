import type { AttackReport } from '../attack/attack-report.ts'
import type { SyncResult } from '../sync/sync-service.ts'
import type { WhyReport } from '../why/why-report.ts'

/** What can be asked of a service, and what it answers. */
export interface Replies {
  readonly attack: AttackReport
  readonly why: WhyReport
  readonly generated: SyncResult
  /** Names of entities that no migration leads to. */
  readonly migrations: readonly string[]
}

/** What each question says beside the service it is about. */
export interface Details {
  /** Only routes whose `METHOD /path` holds this text. */
  readonly attack: { readonly only: string | undefined }
  /** A path or its pattern; every method where none is named. */
  readonly why: { readonly method: string | undefined; readonly path: string }
  readonly generated: Readonly<Record<never, never>>
  readonly migrations: Readonly<Record<never, never>>
}

/** A question to the service in a folder. */
export interface Question<K extends keyof Replies = keyof Replies> {
  readonly kind: K
  /** Root of the service. */
  readonly service: string
  readonly details: Details[K]
}
