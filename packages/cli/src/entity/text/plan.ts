import type { Field } from '../fields/field.ts'
import type { EntityName } from '../naming/entity-name.ts'

/** An entity that is to be written, as a person asked for it. */
export interface EntityPlan {
  readonly name: EntityName
  /** Table and path in `snake_case`. */
  readonly plural: string
  /** Whether the plural must be said, because it is not the English one. */
  readonly saysPlural: boolean
  readonly fields: readonly Field[]
  readonly owned: 'tenant' | 'person' | 'nobody'
  readonly softDelete: boolean
  /** Lists of columns that get an index, beside those that fields ask for. */
  readonly split: boolean
}

/** Where the routes of an entity stand. */
export function pathOf({ plural }: Pick<EntityPlan, 'plural'>): string {
  return `/api/v1/${plural.replaceAll('_', '-')}`
}
