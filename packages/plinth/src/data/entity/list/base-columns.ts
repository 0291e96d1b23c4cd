import type { Column } from '../column.ts'
import type { Kind } from '../kind.ts'
import { int } from '../number-kinds.ts'
import type { Operator } from '../operators.ts'
import { ORDERED } from '../operators.ts'
import { uuid } from '../text-kinds.ts'
import { timestamp } from '../time-kinds.ts'

/** What reading, filtering and sorting need to know of a column. */
export type ListedColumn = Pick<
  Column,
  'name' | 'kind' | 'nullable' | 'sqlType' | 'operators' | 'sortable' | 'hidden' | 'values'
>

/** The columns that every row carries besides its fields. `tenant_id` is never read. */
export const BASE_COLUMNS: readonly ListedColumn[] = [
  base({ name: 'id', kind: uuid, sqlType: 'uuid', operators: ['eq', 'in'] }),
  base({ name: 'version', kind: int, sqlType: 'integer', operators: [] }),
  base({ name: 'created_at', ...moment() }),
  base({ name: 'updated_at', ...moment() }),
]

function moment() {
  return { kind: timestamp, sqlType: 'timestamp(3) with time zone', operators: ORDERED }
}

function base(column: {
  name: string
  kind: Kind
  sqlType: string
  operators: readonly Operator[]
}): ListedColumn {
  const sortable = column.operators.length > 0
  return { ...column, sortable, nullable: false, hidden: false, values: undefined }
}
