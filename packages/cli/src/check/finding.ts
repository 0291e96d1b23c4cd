/** Something that must be otherwise before a change may go in. */
export interface Finding {
  /** Part of the check that found it: `types`. */
  readonly part: string
  /** From the root of the service, with forward slashes; null where no file is to blame. */
  readonly file: string | null
  /** Counted from 1; null where it is the whole file. */
  readonly line: number | null
  /** Stable, for tools: `TS2322`, `migration.missing`. */
  readonly code: string
  /** What is wrong, a sentence. */
  readonly message: string
  /** What to do about it. */
  readonly fix: string
}

/** What a part came to. */
export type Looked =
  | { readonly code: 'checked'; readonly findings: readonly Omit<Finding, 'part'>[] }
  /** It was not asked for here; nothing is wrong with that. */
  | { readonly code: 'skipped'; readonly because: string }

/** A finding in one line, for a person and for an editor that follows `file:line`. */
export function findingLine({ part, file, line, code, message, fix }: Finding): string {
  const where = file === null ? part : line === null ? file : `${file}:${line}`
  return `${where}  ${code}  ${message}\n    → ${fix}`
}
