import { z } from 'zod'
import type { Id } from '../../kernel/index.ts'
import { isId } from '../../kernel/index.ts'
import { mark } from './mark.ts'
import { isName } from './names.ts'

/** What a reference points at, and what its deletion does to the row that points. */
export interface Reference {
  readonly to: string
  readonly onDelete: 'restrict' | 'cascade' | 'set null'
}

const ACTIONS: readonly string[] = ['restrict', 'cascade', 'set null']

/**
 * Holds a reference against its field.
 * @throws TypeError when it names no entity, or its action cannot happen
 */
export function checkReference({ to, onDelete }: Reference, nullable: boolean): void {
  if (!isName(to)) throw new TypeError(`ref("${to}") takes the name of an entity, like "category"`)
  if (!ACTIONS.includes(onDelete)) {
    throw new TypeError(`onDelete is 'restrict', 'cascade' or 'set null', not '${onDelete}'`)
  }
  if (onDelete === 'set null' && !nullable) {
    throw new TypeError("onDelete: 'set null' needs a nullable() field")
  }
}

/** The identifier of an entity: a UUID in its one canonical form (RFC 9562 §4). */
export function idSchema<N extends string>(): z.ZodType<Id<N>, string> {
  return ID
}

const NOT_CANONICAL = 'Must be a UUID in lower case, such as 0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b10'
// One for all columns: Zod never changes a schema.
const ID = z
  .string()
  .refine((text): text is Id<never> => isId(text), NOT_CANONICAL)
  .meta({ format: 'uuid' })

/**
 * A reference to another entity of the same tenant, named by its string so that files need not
 * import each other. In the table: `uuid`, a foreign key over (tenant_id, column), and an index.
 * @param to name of the entity: `category`
 * @param rule what happens when the other row is deleted: `restrict` (default), `cascade`,
 *   or `set null` for a nullable field
 */
export function ref<const N extends string>(
  to: N,
  rule: { readonly onDelete?: Reference['onDelete'] } = {},
): z.ZodType<Id<N>, string> {
  const onDelete = rule.onDelete ?? 'restrict'
  const fact = { kind: 'reference', to, onDelete } as const
  return mark(idSchema<N>(), fact)
}
