import type { Case } from './cases.ts'
import type { Child, Role } from './children.ts'
import type { LoadOptions, LoadResult } from './load.ts'
import { load } from './load.ts'

/** The servers of one comparison. */
export type Servers = Readonly<Partial<Record<Role, Child>>>

/** What a server reached in a case: medians of its rounds. */
export interface Reached {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Share of the floor's requests per second, taken in each round by itself. */
  readonly ratio: number
}

/** A case with what each server reached. */
export interface Measured {
  readonly name: string
  readonly title: string
  readonly target?: number
  readonly reached: Readonly<Partial<Record<Role, Reached>>>
}

const ROUNDS = 3
const WARM_UP_SECONDS = 0.7

/**
 * Measures a case in rounds: floor, Plinth, ceiling, floor, Plinth, … A machine that is busy with
 * other things slows the neighbours of a round alike, and the ratio stays.
 */
export async function measure(
  one: Case,
  servers: Servers,
  options: LoadOptions,
): Promise<Measured> {
  const shots = shotsOf(one, servers)
  for (const [, shot] of shots) await load(shot, { ...options, seconds: WARM_UP_SECONDS })
  const rounds: Map<Role, LoadResult>[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const results = new Map<Role, LoadResult>()
    for (const [role, shot] of shots) {
      const result = await load(shot, options)
      if (result.errors > 0)
        throw new Error(`${result.errors} answers of ${role} to "${one.name}" were not 2xx`)
      results.set(role, result)
    }
    rounds.push(results)
  }
  const { name, title, target } = one
  const reached = Object.fromEntries(shots.map(([role]) => [role, summary(role, rounds)]))
  return { name, title, ...(target !== undefined && { target }), reached }
}

function shotsOf({ shots, ofPlinth }: Case, servers: Servers) {
  const roles: readonly Role[] = ['floor', 'plinth', 'ceiling']
  return roles.flatMap((role) => {
    const [server, shotFor] = [servers[ofPlinth ? 'plinth' : role], shots[role]]
    return server === undefined || shotFor === undefined ? [] : [[role, shotFor(server)] as const]
  })
}

function summary(role: Role, rounds: readonly Map<Role, LoadResult>[]): Reached {
  const results = rounds.flatMap((round) => round.get(role) ?? [])
  return {
    perSecond: median(results.map(({ perSecond }) => perSecond)),
    p50: median(results.map(({ p50 }) => p50)),
    p99: median(results.map(({ p99 }) => p99)),
    ratio: median(
      rounds.map((of) => (of.get(role)?.perSecond ?? 0) / (of.get('floor')?.perSecond ?? 1)),
    ),
  }
}

/** The middle one of some numbers. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}
