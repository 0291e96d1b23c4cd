/** One text three times: as the template had it, as the owner left it, as the template has it now. */
export interface Versions {
  readonly base: string
  readonly mine: string
  readonly theirs: string
}

/** A place that the owner and the template both changed, each to something else. */
export interface Clash {
  /** `lines 12-15`, or the dotted key. */
  readonly where: string
  /** `''` where that side took it away. */
  readonly mine: string
  readonly theirs: string
  /** Whether the text holds markers that a person must take out; else the owner's value stands. */
  readonly marked: boolean
}

/** A merged text, and what in it a person should look at. */
export interface Merged {
  readonly text: string
  readonly clashes: readonly Clash[]
}
