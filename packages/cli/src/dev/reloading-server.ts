import { appendLog } from './log-file.ts'
import type { ProcessMark } from './process-stamp.ts'
import { type ServerProcess, startServerProcess, type WaitingServer } from './server-process.ts'
import { alarming, quiet, say } from './terminal.ts'
import { hostToCall, waitForServer } from './wait-for-server.ts'

/** How one generation of the server is started. */
export interface Generation {
  readonly environment: NodeJS.ProcessEnv
  readonly host: string
  readonly port: number
  /** Whether `src/worker.ts` runs beside it. */
  readonly worker: boolean
}

/** What a reloading server is made of. */
export interface ReloadingServerOptions {
  readonly service: string
  readonly logFile: string
  /** Called before each start; what it throws is shown, and the next change is waited for. */
  readonly prepare: (changed: readonly string[]) => Promise<Generation>
  /** Whether a server that ended waits for the next change; else it has given up. */
  readonly reloads: boolean
  /** A process for the first generation of {@link API} that was started before this server. */
  readonly ahead?: WaitingServer
  /** Called when processes have come or gone. */
  readonly running: (children: readonly ProcessMark[]) => void
}

/** The API first: the worker joins when it answers, so that both do not fight for a small machine. */
export const API = 'src/main.ts'
const WORKER = 'src/worker.ts'
const RELOAD_GRACE_MS = 1500
const WAITING = 'Waiting for a change in src/, migrations/, config.yaml or .env …'

/** The processes of a service; they are replaced on change, and a crash waits for the next one. */
export class ReloadingServer {
  readonly #options: ReloadingServerOptions
  #children: readonly ServerProcess[] = []
  #ahead: WaitingServer | undefined
  #pending: Set<string> | undefined
  #work: Promise<void> = Promise.resolve()
  #stopped = false
  readonly #surrender = Promise.withResolvers<void>()

  constructor(options: ReloadingServerOptions) {
    this.#options = options
    this.#ahead = options.ahead
  }

  /** Settles when the server has ended and no change is waited for. */
  get givenUp(): Promise<void> {
    return this.#surrender.promise
  }

  /** Starts the first generation; true once it answers. */
  async start(): Promise<boolean> {
    let answered = false
    this.#work = this.#generation([]).then((ready) => {
      answered = ready
    })
    await this.#work
    return answered
  }

  /** Replaces the processes; changes that come meanwhile are taken together. */
  reload(changed: readonly string[]): void {
    if (this.#pending !== undefined) {
      for (const file of changed) this.#pending.add(file)
      return
    }
    this.#pending = new Set(changed)
    // At once: a server that is still starting, or hangs, must not hold up its successor.
    const gone = this.#replace()
    this.#work = Promise.all([this.#work, gone]).then(() => this.#reload())
  }

  /** Ends the processes: SIGTERM, and SIGKILL after the grace. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true
    const running = [...this.#children, ...(this.#ahead ? [this.#ahead] : [])]
    await Promise.all(running.map((child) => child.stop(graceMs)))
  }

  async #reload(): Promise<void> {
    const changed = [...(this.#pending ?? [])]
    this.#pending = undefined
    if (this.#stopped) return
    const started = performance.now()
    await this.#replace()
    if (await this.#generation(changed)) {
      const took = ((performance.now() - started) / 1000).toFixed(1)
      say(quiet(`Reloaded in ${took} s (${summary(changed)})`))
    }
  }

  async #replace(): Promise<void> {
    const old = this.#children
    this.#children = []
    await Promise.all(old.map((child) => child.stop(RELOAD_GRACE_MS)))
  }

  async #generation(changed: readonly string[]): Promise<boolean> {
    try {
      const generation = await this.#options.prepare(changed)
      if (this.#stopped) return false
      const api = this.#watch(API, this.#taken(generation) ?? this.#spawn(API, generation))
      if (!(await waitForServer(hostToCall(generation.host), generation.port, api.ended)))
        return false
      if (generation.worker) this.#watch(WORKER, this.#spawn(WORKER, generation))
      return true
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error))
      return false
    }
  }

  /** The process that waits, begun; there is one for the first generation only. */
  #taken({ environment }: Generation): ServerProcess | undefined {
    const waiting = this.#ahead
    this.#ahead = undefined
    waiting?.begin(environment)
    return waiting
  }

  #spawn(entry: string, { environment }: Generation): ServerProcess {
    const { service, logFile } = this.#options
    return startServerProcess({ service, entry, environment, output: outputTo(logFile) })
  }

  #watch(entry: string, child: ServerProcess): ServerProcess {
    this.#children = [...this.#children, child]
    this.#report()
    void child.ended.then((reason) => this.#ended(child, entry, reason))
    return child
  }

  #ended(child: ServerProcess, entry: string, reason: string): void {
    // Not among the children: it was replaced on purpose.
    if (this.#stopped || !this.#children.includes(child)) return
    this.#children = this.#children.filter((each) => each !== child)
    this.#report()
    this.#failed(`${entry} ended (${reason}).`)
  }

  #failed(reason: string): void {
    say(alarming(reason))
    if (this.#options.reloads) say(quiet(WAITING))
    else this.#surrender.resolve()
  }

  #report(): void {
    this.#options.running(this.#children.flatMap(({ mark }) => (mark === undefined ? [] : [mark])))
  }
}

/** What a server says goes to the terminal and to its log. */
export function outputTo(logFile: string): (text: string) => void {
  return (text) => {
    process.stdout.write(text)
    appendLog(logFile, text)
  }
}

function summary(files: readonly string[]): string {
  const [first = '', ...others] = files
  return others.length === 0 ? first : `${first} and ${others.length} more`
}
