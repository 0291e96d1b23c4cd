import assert from 'node:assert/strict'

/** One of two ways that must take equal time. */
export type Way = (turn: number) => Promise<unknown>

/** Two ways to be compared. */
export interface Compared {
  readonly ways: readonly [Way, Way]
  /** Turns of each way that are measured in one try. */
  readonly samples: number
  /** How many times as long as the other one may take. */
  readonly most: number
  /** Makes what the first so many turns need, before any of them is measured. */
  readonly prepare?: (turns: number) => Promise<unknown>
}

const WARM_UP = 50
const TRIES = 5

/**
 * Proves that two ways take equal time, by their medians. They take turns, so that whatever else happens
 * meets both. What differs by its code differs in each try; what a busy machine adds, in some.
 * @throws AssertionError with the ratio of each try
 */
export async function assertEqualTime(compared: Compared): Promise<void> {
  const ratios: number[] = []
  while (ratios.length < TRIES) {
    const ratio = await ratioOf(compared, ratios.length)
    if (ratio < compared.most && ratio > 1 / compared.most) return
    ratios.push(ratio)
  }
  assert.fail(`medians differ by ${ratios.join(', ')}`)
}

async function ratioOf({ ways, samples, prepare }: Compared, tried: number): Promise<number> {
  const first = tried * (samples + WARM_UP)
  const after = first + samples + WARM_UP
  await prepare?.(after)
  const times: readonly [number[], number[]] = [[], []]
  for (let turn = first; turn < after; turn += 1) {
    for (const at of turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const start = performance.now()
      await ways[at](turn)
      if (turn >= first + WARM_UP) times[at].push(performance.now() - start)
    }
  }
  return median(times[0]) / median(times[1])
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN
}
