import type { KeyObject } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { mac, sameText } from '../../kernel/index.ts'
import type { Db } from '../db.ts'
import { entityProblems } from './entity.errors.ts'
import type { Position } from './list/keyset.ts'
import { Remembered } from './remembered.ts'

/** Longest cursor that is looked at: the values of an order are index keys, and those are short. */
export const LONGEST_CURSOR = 6_000

/** Seals of one key that are remembered, and of how long a list and place: a megabyte at most. */
const [MOST_SEALS, LONGEST_REMEMBERED] = [1_000, 500]

/**
 * A longer position is compressed: an index keeps a text of any length that comes down to 2,700 bytes,
 * and a page that ends at one needs a next page too.
 */
const LONGEST_PLAIN = 1_000
/** Stands before a compressed position; base64url has no such character. */
const COMPRESSED = '~'

/**
 * Seals that were made. The first page of a list is asked for again and again and mostly ends at the
 * same row, and a seal costs more than all else about a cursor.
 */
const madeSeals = new WeakMap<KeyObject, Remembered<string>>()

/**
 * Where a page ended, as the client keeps it: sealed for this tenant and for what the list is about,
 * so that it opens no other tenant's list, no other order and no other filter (TN-52).
 */
export function writeCursor(db: Db, subject: string, position: Position): string {
  const payload = payloadOf(JSON.stringify(position))
  return `${payload}.${rememberedSeal(db, subject, payload)}`
}

/**
 * Reads a cursor back.
 * @throws entity.cursor_invalid for any text that `writeCursor` did not make for this list
 */
export function readCursor(db: Db, subject: string, text: string): Position {
  const [payload = '', seal = '', ...more] = text.length > LONGEST_CURSOR ? [] : text.split('.')
  if (more.length > 0 || !sameText(seal, sealOf(db, subject, payload))) {
    throw entityProblems.cursor('the cursor is not one of this list')
  }
  const position: unknown = JSON.parse(textIn(payload))
  if (!Array.isArray(position)) throw entityProblems.cursor('the cursor holds no position')
  return position
}

function rememberedSeal(db: Db, subject: string, payload: string): string {
  // The tenant has a fixed length and the payload no blank: no two lists share a key.
  const key = `${db.tenant} ${subject} ${payload}`
  const seal = () => sealOf(db, subject, payload)
  return key.length > LONGEST_REMEMBERED ? seal() : sealsOf(db).get(key, seal)
}

function payloadOf(position: string): string {
  const bytes = Buffer.from(position)
  if (bytes.length <= LONGEST_PLAIN) return bytes.toString('base64url')
  return `${COMPRESSED}${deflateRawSync(bytes).toString('base64url')}`
}

/** What {@link payloadOf} was given. Only read behind its seal: what we made is as long as it was then. */
function textIn(payload: string): string {
  const isCompressed = payload.startsWith(COMPRESSED)
  const bytes = Buffer.from(isCompressed ? payload.slice(1) : payload, 'base64url')
  return (isCompressed ? inflateRawSync(bytes) : bytes).toString()
}

function sealsOf({ cursorKey }: Db): Remembered<string> {
  const known = madeSeals.get(cursorKey)
  if (known !== undefined) return known
  const made = new Remembered<string>(MOST_SEALS)
  madeSeals.set(cursorKey, made)
  return made
}

function sealOf(db: Db, subject: string, payload: string): string {
  return mac(db.cursorKey, db.tenant, subject, payload)
}
