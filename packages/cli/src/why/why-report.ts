import type { SourcePlace } from '../service-process/declared-places.ts'

/** A statement that a route sends, and how PostgreSQL would run it. */
export interface ExplainedStatement {
  /** SQL on one line. */
  readonly text: string
  /** The plan as the app role gets it, below row-level security; empty for a setting or a command. */
  readonly plan: readonly string[]
  /** Whether no index serves it, so that it reads the whole table. */
  readonly scans: boolean
}

/** What one request of a route costs the database. */
export interface Cost {
  /** What the sample request was answered. */
  readonly status: number
  readonly roundTrips: number
  readonly statements: readonly ExplainedStatement[]
}

/** Everything that decides about one route. */
export interface RouteReasons {
  readonly route: string
  /** Where the service declares it; undefined for a route of Plinth's own. */
  readonly place: SourcePlace | undefined
  /** Who may call it, and by which rule, a sentence each. */
  readonly callers: readonly string[]
  readonly tenant: readonly string[]
  readonly limits: readonly string[]
  readonly problems: readonly {
    readonly code: string
    readonly status: number
    readonly says: string
  }[]
  /** Undefined where no sample request could be made. */
  readonly cost: Cost | undefined
}

/** The routes that were asked for, or the nearest to what was. */
export interface WhyReport {
  readonly routes: readonly RouteReasons[]
  /** `GET /api/v1/products`, nearest first; only when there is no such route. */
  readonly nearest: readonly string[]
  readonly notes: readonly string[]
}
