import { entityProblems } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { KeyRecord } from './api-key.ts'
import { apiKeyProblems } from './api-keys.errors.ts'
import type { KeyCreated } from './create-key.ts'
import type { KeyRevoked } from './revoke-key.ts'
import type { KeyRotated } from './rotate-key.ts'
import type { KeyUpdated } from './update-key.ts'

const { beyondYours, ended, notYours, rotated, tooMany, unfit, unknown } = apiKeyProblems

/** A key and its record. */
export interface MadeKey {
  readonly key: string
  readonly record: KeyRecord
}

/** @throws AppError when no key was made */
export function createdOf(result: KeyCreated): MadeKey {
  switch (result.code) {
    case 'created':
      return result
    case 'beyond':
      throw beyondYours({ details: result.details })
    case 'unfit':
      throw unfit({ details: result.details })
    case 'too_many':
      throw tooMany()
    case 'parent_ended':
      throw ended('the key that asks')
  }
}

/** @throws AppError when no successor was made */
export function rotatedOf(result: KeyRotated): MadeKey {
  switch (result.code) {
    case 'rotated':
      return result
    case 'unknown':
      throw unknown()
    case 'not_yours':
      throw notYours()
    case 'ended':
      throw ended()
    case 'rotated_before':
      throw rotated()
    case 'beyond':
      throw beyondYours({ details: result.details })
  }
}

/** @throws AppError when nothing was changed */
export function updatedOf(result: KeyUpdated): KeyRecord {
  switch (result.code) {
    case 'updated':
      return result.record
    case 'unknown':
      throw unknown()
    case 'not_yours':
      throw notYours()
    case 'ended':
      throw ended()
    case 'beyond':
      throw beyondYours({ details: result.details })
    case 'unfit':
      throw unfit({ details: result.details })
    case 'stale':
      throw entityProblems.stale()
  }
}

/** @throws AppError when nothing was revoked */
export function revokedOf(result: KeyRevoked): readonly Id<'api-key'>[] {
  if (result.code === 'unknown') throw unknown()
  if (result.code === 'not_yours') throw notYours()
  return result.ids
}
