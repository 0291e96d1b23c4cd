import type { SourcePlace } from '../service-process/declared-places.ts'

/** How a route stood one way of attack. */
export type Verdict =
  /** As declared. */
  | 'held'
  /** Somebody got what is not theirs. */
  | 'hole'
  /** The request was refused before it came to what it is about, for its input. */
  | 'unreached'
  /** This way does not concern the route. */
  | 'none'

/** Something that stands open. */
export interface Hole {
  /** Name of the way of attack. */
  readonly vector: string
  /** `GET /api/v1/products/:id`; undefined where it is the database that is open. */
  readonly route: string | undefined
  /** What was sent by whom, what came back, and what should have. */
  readonly what: string
  readonly place: SourcePlace | undefined
  /** In how many more ways of the same vector the same route stands open. */
  readonly more: number
  /** What to do about it. */
  readonly fix: string
}

/** One route of the service, and how it stood. */
export interface AttackedRoute {
  readonly route: string
  /** Who may call it, in words; `OUTSIDE` where Plinth does not guard it. */
  readonly access: string
  readonly place: SourcePlace | undefined
  /** By the name of the way of attack. */
  readonly verdicts: Readonly<Record<string, Verdict>>
}

/** What an attack came to. */
export interface AttackReport {
  readonly requests: number
  readonly holes: readonly Hole[]
  readonly routes: readonly AttackedRoute[]
  /** What could not be tried, and why, in a sentence each. */
  readonly notes: readonly string[]
}
