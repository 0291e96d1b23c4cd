import type { Kind } from './kind.ts'
import { idSchema } from './ref.ts'

export const reference: Kind = {
  name: 'reference',
  is: (_, mark) => mark?.kind === 'reference',
  sqlType: () => 'uuid',
  wire: () => idSchema(),
}
