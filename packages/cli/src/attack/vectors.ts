import {
  expiredToken,
  foreignToken,
  readOnlyKey,
  revokedKey,
  stepUpMissing,
  wrongScope,
} from './credential-vectors.ts'
import { forbiddenFields, hiddenFields } from './field-vectors.ts'
import {
  endedSession,
  expiredSession,
  foreignOrigin,
  nobody,
  noCsrfToken,
  twoCredentials,
  withoutTheRight,
} from './guard-vectors.ts'
import { anotherPerson } from './person-vectors.ts'
import { referencesToOthers } from './reference-vectors.ts'
import { idsOfAnotherTenant, otherTenant, referencesAcross } from './tenant-vectors.ts'
import type { Vector } from './vector.ts'

/**
 * Every way of attack, in the order of the columns. Whoever uses every route as it is meant may close
 * their own tenant by it, so that comes after all that needs both. The last two move the clock.
 */
export const vectors: readonly Vector[] = [
  nobody,
  withoutTheRight,
  noCsrfToken,
  foreignOrigin,
  twoCredentials,
  endedSession,
  stepUpMissing,
  revokedKey,
  wrongScope,
  readOnlyKey,
  foreignToken,
  idsOfAnotherTenant,
  referencesAcross,
  anotherPerson,
  referencesToOthers,
  otherTenant,
  forbiddenFields,
  hiddenFields,
  expiredToken,
  expiredSession,
]
