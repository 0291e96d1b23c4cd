/** What a filter may ask of a column. `null` asks whether there is a value. */
export type Operator = 'eq' | 'ne' | 'in' | 'gt' | 'gte' | 'lt' | 'lte' | 'null'

/** Values that are compared and sorted. */
export const ORDERED: readonly Operator[] = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte']

/** Values whose order says nothing to a person: only whether they are the same. */
export const SAME: readonly Operator[] = ['eq', 'ne', 'in']

/** Values that no LEAKPROOF operator compares (numeric, jsonb, arrays), or that none should. */
export const NONE: readonly Operator[] = []
