/** One field of an entity that is to be written. */
export interface Field {
  readonly name: string
  /** The schema without wrappers: `z.int32().min(0)`. */
  readonly schema: string
  /** Names that the schema takes from `plinth` or `plinth/data`. */
  readonly imports: readonly FieldImport[]
  readonly optional: boolean
  /** The default as code; undefined for none. */
  readonly fallback: string | undefined
  readonly unique: boolean
  readonly index: boolean
  readonly search: boolean
  /** Whether lists are filtered by equality only, so that an index goes on with `created_at`. */
  readonly equalityOnly: boolean
  readonly description: string | undefined
  /** The entity that it refers to. */
  readonly refersTo: string | undefined
}

/** A name that a schema needs. */
export interface FieldImport {
  readonly from: 'plinth' | 'plinth/data' | 'zod'
  readonly name: string
}

/** A type as it was spelled, taken apart: `decimal(10,2)` → `decimal`, `['10', '2']`. */
export interface SpelledType {
  readonly kind: string
  readonly args: readonly string[]
}
