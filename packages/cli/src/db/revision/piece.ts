/** When a piece of a migration runs; those of one stage keep the order in which they were found. */
export const stages = ['rename', 'drop', 'table', 'column', 'bind', 'alone', 'finish'] as const

/** One step of a change, and its way back. */
export interface Piece {
  readonly stage: (typeof stages)[number]
  /** Statements without semicolons; comments may stand before them. */
  readonly up: readonly string[]
  readonly down: readonly string[]
  /** What it is about, for the name of a file of its own. */
  readonly about: string
  /** What is lost for ever: `every value of app.products.cost`. */
  readonly loses?: string
}

/** The comment above a statement that loses something. */
export function losing(what: string): string {
  return `-- Loses ${what}.`
}
