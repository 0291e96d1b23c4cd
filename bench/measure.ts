import type { Case } from './cases.ts'
import type { Child, Role } from './children.ts'
import { NO_LINES } from './children.ts'
import type { Load, LoadOptions, Shot, Slice } from './load.ts'
import { openLoad, resultOf } from './load.ts'

/** The servers of one comparison. */
export type Servers = Readonly<Partial<Record<Role, Child>>>

/** What a server reached in a case. */
export interface Reached {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Share of the floor's requests per second, taken between neighbouring slices. */
  readonly ratio: number
  /** Microseconds of its processor that one answer takes; does not depend on what else runs. */
  readonly cpuMicros: number
  /** The floor's such time in this one's. */
  readonly cpuRatio: number
}

/** A case with what each server reached. */
export interface Measured {
  readonly name: string
  readonly title: string
  readonly target?: number
  readonly reached: Readonly<Partial<Record<Role, Reached>>>
}

/** Rounds of `--seconds` for each server, cut into slices. */
const ROUNDS = 3
/** So short that what disturbs a machine, seconds at a time, meets neighbours alike. */
const SLICE_SECONDS = 0.05
/** A server that has answered for minutes is measured, not one whose code is still being compiled. */
const WARM_UP_ANSWERS = 6_000
const LONGEST_WARM_UP_SECONDS = 30
/**
 * Kinds of requests to one server run the same code, and what one of them shows the compiler undoes
 * what it had made for the other: they are warmed so often more, in turns. Of 239 functions that three
 * kinds had compiled, 67 were so after 5,000 answers to each, and 19 after 13,000.
 */
const SHARED_WARM_UPS = 3

/** One server under load, and what it has come to. */
export interface Runner<Name extends string = Role> {
  readonly name: Name
  readonly server: Child
  readonly load: Load
  readonly slices: Slice[]
  /** Microseconds of processor time, for all slices together. */
  cpu: number
}

/**
 * Measures a case in short slices that take turns: floor, Plinth, ceiling, ceiling, Plinth, floor, …
 * A machine that is busy with other things slows neighbours alike, and their ratio stays.
 */
export async function measure(
  one: Case,
  servers: Servers,
  options: LoadOptions,
): Promise<Measured> {
  const runners = await takeTurns(shotsOf(one, servers), options, `answers to "${one.name}"`)
  const floor = runners.find(({ name }) => name === 'floor')
  const { name, title, target } = one
  const reached = Object.fromEntries(
    runners.map((runner) => [runner.name, summary(runner, floor ?? runner)]),
  )
  return { name, title, ...(target !== undefined && { target }), reached }
}

/** What is asked of one server. */
export interface Turn<Name extends string = Role> {
  readonly name: Name
  readonly server: Child
  readonly shot: Shot
}

/**
 * Lets servers, or kinds of requests to one server, take turns in short slices.
 * @throws Error naming `what` when an answer is not 2xx
 */
export async function takeTurns<Name extends string>(
  turns: readonly Turn<Name>[],
  { connections, seconds }: LoadOptions,
  what: string,
): Promise<readonly Runner<Name>[]> {
  const runners: Runner<Name>[] = []
  try {
    for (const { name, server, shot } of turns) {
      const load = await openLoad(shot, connections)
      runners.push({ name, server, load, slices: [], cpu: 0 })
      await warmUp(load)
    }
    await settleShared(runners)
    const slices = Math.max(ROUNDS, Math.round((seconds * ROUNDS) / SLICE_SECONDS))
    for (let at = 0; at < slices; at++) {
      const order = at % 2 === 0 ? runners : runners.toReversed()
      for (const runner of order) await slice(runner, what)
    }
    return runners
  } finally {
    for (const { load } of runners) load.close()
  }
}

async function settleShared(runners: readonly Pick<Runner, 'server' | 'load'>[]): Promise<void> {
  const servers = new Set(runners.map(({ server }) => server))
  if (servers.size === runners.length) return
  for (let at = 0; at < SHARED_WARM_UPS; at++) {
    for (const { load } of runners) await warmUp(load)
  }
}

async function warmUp(load: Load): Promise<void> {
  let [answered, seconds] = [0, 0]
  while (answered < WARM_UP_ANSWERS && seconds < LONGEST_WARM_UP_SECONDS) {
    const { times, seconds: took } = await load.run(SLICE_SECONDS)
    answered += times.length
    seconds += took
  }
}

async function slice<Name extends string>(runner: Runner<Name>, what: string): Promise<void> {
  const { name, server, load, slices } = runner
  const before = await server.cpu()
  const brought = await load.run(SLICE_SECONDS)
  runner.cpu += (await server.cpu()) - before
  if (brought.errors > 0) throw new Error(`${brought.errors} ${what} from ${name} were not 2xx`)
  slices.push(brought)
}

/** Every server is sent the same header lines: what differs is what it does with them. */
function shotsOf({ shots, ofPlinth }: Case, servers: Servers): readonly Turn[] {
  const roles: readonly Role[] = ['floor', 'plinth', 'ceiling']
  const { visitor, session, change } = servers.plinth ?? NO_LINES
  return roles.flatMap((name) => {
    const [server, shotFor] = [servers[ofPlinth ? 'plinth' : name], shots[name]]
    if (server === undefined || shotFor === undefined) return []
    return { name, server, shot: shotFor({ ...server, visitor, session, change }) }
  })
}

function summary(runner: Runner, floor: Runner): Reached {
  const { perSecond, p50, p99 } = resultOf(runner.slices)
  const cpuMicros = cpuOf(runner)
  const ratio = timesRatio(floor, runner)
  return { perSecond, p50, p99, ratio, cpuMicros, cpuRatio: cpuOf(floor) / cpuMicros }
}

/** Microseconds of processor time that one answer costs its server. */
export function cpuOf({ cpu, slices }: Pick<Runner, 'cpu' | 'slices'>): number {
  return cpu / slices.reduce((sum, { times }) => sum + times.length, 0)
}

/** Requests per second of one in those of another: the median over neighbouring slices. */
export function timesRatio(
  base: Pick<Runner, 'slices'>,
  { slices }: Pick<Runner, 'slices'>,
): number {
  return median(slices.map((one, at) => rateOf(one) / rateOf(base.slices[at] ?? one)))
}

function rateOf({ times, seconds }: Slice): number {
  return times.length / seconds
}

/** The middle one of some numbers. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}
