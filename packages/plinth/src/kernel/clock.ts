/** Where time comes from. Injected, so that tests move it and nothing reads the wall by itself. */
export interface Clock {
  /** Wall time in milliseconds since 1970 (UTC). */
  now(): number
  /** Milliseconds that only ever grow; for durations. */
  monotonic(): number
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/** Whole seconds since 1970, the unit of JOSE and cookies (RFC 7519 §2). */
export function epochSeconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000)
}
