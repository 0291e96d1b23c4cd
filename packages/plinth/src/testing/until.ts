import assert from 'node:assert/strict'

const LOOK_EVERY_MS = 20

/** Waits until something holds; fails when it has not come about in time. */
export async function until(
  what: () => boolean | Promise<boolean>,
  limitMs = 60_000,
): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await what())) {
    assert.ok(performance.now() < end, 'it did not come about in time')
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS))
  }
}
