import type { Quota } from '../../../feature/index.ts'
import type { Standing } from './window-store.ts'
import { PARTS } from './window-store.ts'

// A time as long as the window touches at most one part more than the window has.
const KEPT = PARTS + 1

/**
 * Counts of one key over a window that moves. The window is cut into ten parts, and the one that is
 * half gone counts whole: in no time as long as the window do more than the quota pass, at an edge
 * neither, and what was used comes back at most a tenth of the window late. Windows that do not move,
 * those of rate-limiter-flexible for one, let twice the quota pass around an edge (AK-20).
 */
export class SlidingWindow {
  readonly #partMs: number
  readonly #counts: number[] = Array.from({ length: KEPT }, () => 0)
  #part: number
  /** The oldest part that holds anything; of no meaning while nothing is counted. */
  #oldest: number
  #sum = 0

  /**
   * @param windowMs length of the window in milliseconds
   * @param nowMs the present, on a clock that only ever grows
   */
  constructor(windowMs: number, nowMs: number) {
    this.#partMs = windowMs / PARTS
    this.#part = Math.floor(nowMs / this.#partMs)
    this.#oldest = this.#part
  }

  /** Whether one more may pass. */
  hasRoom({ requests }: Quota, nowMs: number): boolean {
    this.#moveTo(nowMs)
    return this.#sum < requests
  }

  /** How the counter stands. */
  standing({ requests }: Quota, nowMs: number): Standing {
    this.#moveTo(nowMs)
    const remaining = Math.max(0, requests - this.#sum)
    const resetMs = this.#sum === 0 ? 0 : this.#resetMs(nowMs)
    return { allowed: remaining > 0, limit: requests, remaining, resetMs }
  }

  /** Counts one more at the time that the counter was last asked for; how the counter stands then. */
  add({ requests }: Quota, nowMs: number): Standing {
    const at = this.#part % KEPT
    if (this.#sum === 0) this.#oldest = this.#part
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#sum += 1
    const remaining = Math.max(0, requests - this.#sum)
    return { allowed: true, limit: requests, remaining, resetMs: this.#resetMs(nowMs) }
  }

  #moveTo(nowMs: number): void {
    const part = Math.floor(nowMs / this.#partMs)
    // A clock that a test moved back: what was counted stays counted.
    const passed = Math.min(part - this.#part, KEPT)
    if (passed <= 0) return
    for (let at = part - passed + 1; at <= part; at++) {
      this.#sum -= this.#counts[at % KEPT] ?? 0
      this.#counts[at % KEPT] = 0
    }
    this.#part = part
    if (this.#sum === 0) return
    this.#oldest = Math.max(this.#oldest, part - PARTS)
    while ((this.#counts[this.#oldest % KEPT] ?? 0) === 0) this.#oldest += 1
  }

  /** Until the oldest part that holds anything is out of the window. */
  #resetMs(nowMs: number): number {
    return Math.ceil((this.#oldest + KEPT) * this.#partMs - nowMs)
  }
}
