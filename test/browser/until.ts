import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds. */
const [PATIENCE, PAUSE] = [60_000, 50]

/** Waits until something holds that no page can be asked for. */
export async function until(what: () => boolean): Promise<void> {
  for (const end = performance.now() + PATIENCE; !what(); await sleep(PAUSE)) {
    assert.ok(performance.now() < end, `this did not come about: ${what}`)
  }
}
