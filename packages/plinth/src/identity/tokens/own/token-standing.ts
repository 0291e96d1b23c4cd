import type { Principal } from '../../../access/index.ts'

/** What a token is worth by the row behind it. */
export interface TokenStanding {
  readonly principal: Principal
  /** When the row ends by itself, milliseconds since 1970. */
  readonly untilMs: number
  /** What it depends on, as the database names it when it tells of a change. */
  readonly subjects: readonly string[]
}
