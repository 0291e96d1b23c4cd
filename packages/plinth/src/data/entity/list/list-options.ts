import type { AnyEntity } from '../entity.ts'
import type { Operator } from '../operators.ts'
import type { AnyRow } from '../read-row.ts'

/** One condition of a list. */
export interface Filter {
  readonly field: string
  readonly operator: Operator
  /** In the form of a row; a list of them for `in`, true or false for `null`. */
  readonly value: unknown
}

/** One field that a list is sorted by. */
export interface SortField {
  readonly field: string
  readonly descending: boolean
}

/** A reference to be looked up beside the rows that carry it. */
export interface Expansion {
  /** The column that refers. */
  readonly column: string
  /** The entity that it refers to. */
  readonly target: Pick<AnyEntity, 'declaration'>
  /** Only rows of this person, where the target belongs to people. */
  readonly owner?: string | undefined
}

/** Which rows an operation may see at all. */
export interface Scope {
  /** Only the rows of this person (`owned: 'person'`). */
  readonly owner?: string | undefined
  /** Whether deleted rows are seen (`softDelete: true`); without them unless said. */
  readonly deleted?: 'without' | 'with' | 'only' | undefined
}

/** What a list may be asked for. */
export interface ListOptions extends Scope {
  /** Rows of a page; 50 by default. */
  readonly limit?: number
  /** Rows to skip at the beginning; 0 by default, and not again where a cursor goes on. */
  readonly offset?: number
  /** `nextCursor` of the page before; all else must be asked for as it was then. */
  readonly cursor?: string | undefined
  /** `exact` counts all rows, which costs many times the page itself. */
  readonly count?: 'exact' | undefined
  /** All of them hold. */
  readonly filters?: readonly Filter[]
  /** Newest first unless said. */
  readonly sort?: readonly SortField[] | undefined
  /** Words that the fields of the option `search` contain. */
  readonly search?: string | undefined
  readonly expand?: readonly Expansion[]
}

/** Rows that references point at, by the column that refers, then by id. */
export type Expanded = ReadonlyMap<string, ReadonlyMap<string, AnyRow>>

/** One page of rows. */
export interface Page<R> {
  readonly items: R[]
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null
  /** All rows that the list is about, null unless they were asked for. */
  readonly total: number | null
  /** What `expand` asked for; empty without. */
  readonly expanded: Expanded
}
