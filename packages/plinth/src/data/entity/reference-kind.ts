import type { Kind } from './kind.ts'
import { idSchema } from './ref.ts'

/** The identifier of another row of the same tenant. */
export const reference: Kind = {
  name: 'reference',
  is: (_, mark) => mark?.kind === 'reference',
  sqlType: () => 'uuid',
  wire: () => idSchema(),
}
