import type { Clock, Secret } from '../../kernel/index.ts'
import { deriveKey, epochSeconds, mac, newToken, sameText } from '../../kernel/index.ts'

/** States of sign-outs at a provider: made here, carried there and back by the browser. */
export interface LogoutStates {
  issue(): string
  /** Whether a state was issued by this service within the last ten minutes. */
  accepts(state: string): boolean
}

const LIFE_SECONDS = 600
const STATE = /^([\w-]{43})\.(\d{1,12})\.([\w-]{43})$/

/**
 * Signed, and kept nowhere: when the browser comes back its session is gone already, so there is
 * nothing left to bind to, and nothing that a state could do but show that the way back is ours.
 */
export function createLogoutStates(secret: Secret, clock: Clock): LogoutStates {
  const key = deriveKey(secret, 'logout-state')
  return {
    issue() {
      const [unique, until] = [newToken(), String(epochSeconds(clock) + LIFE_SECONDS)]
      return `${unique}.${until}.${mac(key, unique, until)}`
    },
    accepts(state) {
      const [, unique, until, signature] = STATE.exec(state) ?? []
      if (unique === undefined || until === undefined || signature === undefined) return false
      return sameText(mac(key, unique, until), signature) && Number(until) > epochSeconds(clock)
    },
  }
}
