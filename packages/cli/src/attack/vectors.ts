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
import { idsOfAnotherTenant, otherTenant } from './tenant-vectors.ts'
import type { Vector } from './vector.ts'

/** Every way of attack, in the order of the columns. The last two move the clock. */
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
  otherTenant,
  forbiddenFields,
  hiddenFields,
  expiredToken,
  expiredSession,
]
