/** What a release asks of a service's own words: a key, a variable or a file that is called otherwise now. */
export interface Codemod {
  /** The release that brought it. */
  readonly version: string
  /** The subject of its commit, and what a person reads. */
  readonly name: string
  /**
   * The text of a shared file with the change made; the same text where there is nothing to change.
   * It is made on the template's old text too, so that the owner's value and the new name meet.
   */
  readonly rewrite: (path: string, text: string) => string
  /** What to change in a file of the owner's: never done, only said. */
  readonly suggest: (path: string, text: string) => readonly Suggestion[]
}

/** A line of a file of the owner's that the release asks to change. */
export interface Suggestion {
  /** Counted from 1. */
  readonly line: number
  readonly says: string
}

/** A shared file that stands elsewhere since a release. */
export interface Move {
  readonly version: string
  readonly from: string
  readonly to: string
}

/** The lines of a text that a pattern meets, each with a sentence. */
export function linesWith(text: string, pattern: RegExp, says: string): readonly Suggestion[] {
  return text
    .split('\n')
    .flatMap((line, at) => (pattern.test(line) ? [{ line: at + 1, says }] : []))
}

/** A text as a part of a regular expression. */
export function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
