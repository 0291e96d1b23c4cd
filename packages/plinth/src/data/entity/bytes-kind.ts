import type { Kind } from './kind.ts'
import { NONE } from './operators.ts'

/** Bytes, in tables of the platform: hashes and sealed values. They have no form on the wire. */
export const bytes: Kind = {
  name: 'bytes',
  is: (_, mark) => mark?.kind === 'bytes',
  sqlType: () => 'bytea',
  operators: NONE,
  wire: () => {
    throw new TypeError('bytes have no form on the wire; keep a text, or declare a platform table')
  },
}
