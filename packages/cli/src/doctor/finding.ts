/** Something that should be otherwise. */
export interface Finding {
  /** Stable, for tools: `database.role`. */
  readonly code: string
  /** `error`: it does not work, or not safely. `warning`: it will hurt later. */
  readonly severity: 'error' | 'warning'
  /** What was found, a sentence without secrets. */
  readonly says: string
  /** The command or the edit that mends it. */
  readonly fix: string
}

/** What an examination came to: its findings, or why it could not look. */
export type Examined =
  | { readonly code: 'examined'; readonly findings: readonly Finding[] }
  /** It was not asked for here; nothing is wrong with that. */
  | { readonly code: 'skipped'; readonly because: string }

/** The answer of an examination that could look. */
export function examined(findings: readonly Finding[]): Examined {
  return { code: 'examined', findings }
}

/** The answer of an examination that has nothing to look at here. */
export function skipped(because: string): Examined {
  return { code: 'skipped', because }
}
