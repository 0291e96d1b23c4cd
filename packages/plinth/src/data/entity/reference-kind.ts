import type { Kind } from './kind.ts'
import { SAME } from './operators.ts'
import { idSchema } from './ref.ts'

/** The identifier of another row of the same tenant, or of the person who owns this one. */
export const reference: Kind = {
  name: 'reference',
  is: (_, mark) => mark?.kind === 'reference' || mark?.kind === 'owner',
  sqlType: () => 'uuid',
  operators: SAME,
  wire: () => idSchema(),
}
