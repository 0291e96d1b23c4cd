import type { z } from 'zod'
import { bytes } from './bytes-kind.ts'
import type { Kind } from './kind.ts'
import { markOf } from './mark.ts'
import { bigint, boolean, decimal, float, int, money } from './number-kinds.ts'
import { reference } from './reference-kind.ts'
import { refusalOf } from './refusals.ts'
import { enumeration, jsonKind, list, text, uuid } from './text-kinds.ts'
import { date, timestamp } from './time-kinds.ts'

/** Every kind of column there is; the first that recognises a schema has it. Marks go first. */
const KINDS: readonly Kind[] = [
  money,
  bigint,
  decimal,
  timestamp,
  reference,
  jsonKind,
  bytes,
  uuid,
  date,
  text,
  int,
  float,
  boolean,
  enumeration,
  list,
]

/**
 * The kind of a schema whose wrappers were taken off.
 * @throws TypeError with the reason, for anything that is not in the list
 */
export function kindOf(schema: z.ZodType): Kind {
  const found = KINDS.find((kind) => kind.is(schema.def, markOf(schema)))
  if (found === undefined) throw new TypeError(refusalOf(schema.def))
  return found
}
