import type { Clock } from '../../kernel/index.ts'

/** What belongs to a sign-in that was started: it never leaves the server. */
export interface StartedSignIn {
  readonly nonce: string
  readonly codeVerifier: string
  readonly redirectUri: string
}

/**
 * Where sign-ins wait for their answer. With more than one process it must be shared, and `take` must
 * give each state to one caller only.
 */
export interface StateStore {
  put(state: string, started: StartedSignIn, ttlSeconds: number): Promise<void>
  /** Undefined when the state is unknown, was taken, or is late. */
  take(state: string): Promise<StartedSignIn | undefined>
}

/** Sign-ins that wait at most; the oldest goes when one more comes. */
const MOST = 10_000

/** Keeps states in this process. */
export function createMemoryStates(clock: Clock): StateStore {
  const waiting = new Map<string, { readonly started: StartedSignIn; readonly untilMs: number }>()
  return {
    async put(state, started, ttlSeconds) {
      const [oldest] = waiting.size >= MOST ? waiting.keys() : []
      if (oldest !== undefined) waiting.delete(oldest)
      waiting.set(state, { started, untilMs: clock.now() + ttlSeconds * 1_000 })
    },
    async take(state) {
      const found = waiting.get(state)
      waiting.delete(state)
      return found !== undefined && clock.now() < found.untilMs ? found.started : undefined
    },
  }
}
