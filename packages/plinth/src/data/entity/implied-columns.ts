import type { z } from 'zod'
import type { Column } from './column.ts'
import { anyColumn } from './column.ts'
import { mark } from './mark.ts'
import { idSchema } from './ref.ts'
import type { Ownership } from './row.ts'
import { timestamp } from './timestamp.ts'

const BY_CODE = { hidden: false, serverOnly: true, pii: false }

/** The columns that options add to the declared ones. */
export function impliedColumns(owned: Ownership, softDelete: boolean): readonly Column[] {
  return [
    ...(owned === 'person' ? [anyColumn('owner_id', ownerSchema(), BY_CODE)] : []),
    ...(softDelete ? [anyColumn('deleted_at', timestamp().nullish(), BY_CODE)] : []),
  ]
}

function ownerSchema(): z.ZodType {
  const owner = mark(idSchema<'person'>(), { kind: 'owner' }).nullable()
  return owner.describe('The person who owns it; null once they have left')
}
