import { isId } from '../../kernel/index.ts'
import { entityProblems } from './entity.errors.ts'

/** Where a page of a list ended: the row after which the next one begins. */
export interface Position {
  readonly createdAt: string
  readonly id: string
}

const MOMENT = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** The position as the client keeps it: opaque, and worthless in another tenant. */
export function writeCursor({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url')
}

/**
 * Reads a cursor back.
 * @throws entity.cursor_invalid for any text that `writeCursor` does not produce
 */
export function readCursor(text: string): Position {
  const [createdAt = '', id] = Buffer.from(text, 'base64url').toString('latin1').split(' ')
  const sound = MOMENT.test(createdAt) && !Number.isNaN(Date.parse(createdAt)) && isId(id)
  if (!sound || writeCursor({ createdAt, id }) !== text) throw entityProblems.cursor()
  return { createdAt, id }
}
