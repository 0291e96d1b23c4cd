import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { Amr } from '../sessions/second-factors.ts'
import type { ActiveMethod } from './factors.repository.ts'
import { noteUse, resealSecret, takeStep, usableMethods } from './factors.repository.ts'
import type { MfaParts } from './mfa-parts.ts'
import { AMR_OF } from './offers.ts'
import { useRecoveryCode } from './recovery-codes.repository.ts'
import type { CodeScope } from './sent-codes.repository.ts'
import { useSentCode } from './sent-codes.repository.ts'
import { totpStep } from './totp.ts'
import { readCode } from './typed-code.ts'

/** What checking a code needs. */
export type CheckDeps = Pick<MfaParts, 'clock' | 'factors'>

/** A code that somebody typed. */
export interface Typed {
  readonly person: Id<'person'>
  readonly code: string
  /** Where it was typed: a code that was sent for another place is wrong here. */
  readonly scope: CodeScope
  /** One method of theirs; any by default. */
  readonly method?: string | undefined
}

/** What a right code proves. */
export interface ProvenFactor {
  readonly amr: Amr
  /** Undefined for a recovery code. */
  readonly method: string | undefined
}

/**
 * Holds a code against the factors of a person and uses it up. Whoever calls has counted the try
 * before, in a transaction of its own. A recovery code is taken in the same field as any other; it is
 * told apart by its form, and counts the same (MF-26).
 */
export async function checkCode(
  deps: CheckDeps,
  tx: PlatformTx,
  typed: Typed,
): Promise<ProvenFactor | undefined> {
  const read = readCode(typed.code)
  if (read === undefined) return undefined
  const now = isoTime(deps.clock.now())
  const { person } = typed
  if (read.kind === 'recovery') {
    const used = typed.method === undefined && (await useRecoveryCode(tx, { ...read, person, now }))
    return used ? { amr: AMR_OF.recovery, method: undefined } : undefined
  }
  const methods = await usableMethods(tx, person)
  for (const method of methods.filter((one) => isMeant(deps, one, typed))) {
    const claim = { method, person, digits: read.code, scope: typed.scope }
    if (await takes(deps, tx, claim)) return { amr: AMR_OF[method.kind], method: method.id }
  }
  return undefined
}

function isMeant({ factors }: CheckDeps, { id, kind }: ActiveMethod, { method }: Typed): boolean {
  return factors.offers.offers(kind) && (method === undefined || method === id)
}

/** Six digits, and the method that they are held against. */
export interface DigitsClaim {
  readonly method: ActiveMethod
  readonly person: Id<'person'>
  readonly digits: string
  readonly scope: CodeScope
}

/** Whether a method takes six digits; then it takes them no second time. */
export async function takes(deps: CheckDeps, tx: PlatformTx, claim: DigitsClaim): Promise<boolean> {
  const { method, digits, scope } = claim
  if (method.kind === 'totp') return takesTotp(deps, tx, claim)
  const now = isoTime(deps.clock.now())
  const place = { method: method.id, scope, address: method.address ?? '' }
  if (!(await useSentCode(tx, deps.factors.codeKey, { ...place, digits, now }))) return false
  await noteUse(tx, method.id, now)
  return true
}

async function takesTotp(
  { clock, factors }: CheckDeps,
  tx: PlatformTx,
  { method, person, digits }: DigitsClaim,
): Promise<boolean> {
  const { id, secret_sealed: sealed, key_id: keyId } = method
  if (sealed === null || keyId === null) return false
  const place = { person, method: id }
  const secret = factors.keys.open(place, { sealed, keyId })
  if (secret === undefined) return false
  const step = totpStep(secret, digits, clock.now())
  if (step === undefined) return false
  if (!(await takeStep(tx, id, { step, now: isoTime(clock.now()) }))) return false
  if (factors.keys.isFormer(keyId)) await resealSecret(tx, id, factors.keys.seal(place, secret))
  return true
}
