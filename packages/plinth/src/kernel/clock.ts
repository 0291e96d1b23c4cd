/** Where time comes from. Injected, so that tests move it and nothing reads the wall by itself. */
export interface Clock {
  /** Wall time in milliseconds since 1970 (UTC). */
  now(): number
  /** Milliseconds that only ever grow; for durations. */
  monotonic(): number
  /** Hears what the clock of the database showed; left out by a clock that goes by nobody else's. */
  readonly hear?: (reading: ClockReading) => void
}

/** What another clock showed at some moment between asking it and its answer. */
export interface ClockReading {
  /** Milliseconds since 1970 (UTC). */
  readonly showsMs: number
  /** By our own `monotonic()`. */
  readonly askedAt: number
  /** By our own `monotonic()`. */
  readonly answeredAt: number
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
