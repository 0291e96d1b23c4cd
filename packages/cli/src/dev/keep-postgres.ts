import type { Postgres } from 'plinth/dev'
import { isRunning, markOf, type ProcessMark } from './process-stamp.ts'
import { alarming, quiet, say } from './terminal.ts'

const LOOK_EVERY_MS = 1_000
/** One that ends this often, or cannot be started this often, within a minute will do so again. */
const MOST_TRIES = 3
const WITHIN_MS = 60_000

/** The PostgreSQL to look after. */
export interface KeptPostgres {
  readonly postgres: Postgres
  /** Starts it again, on the port that it had: whatever uses it goes on with the URL that it has. */
  readonly again: () => Promise<Postgres>
  /** Hears of the process that runs now. */
  readonly replaced: (mark: ProcessMark) => void
}

/** A PostgreSQL that is looked after. */
export interface Keeping {
  /** Settles with a sentence when it has ended and cannot be started again. */
  readonly lost: Promise<string>
  /** Looks no longer. */
  end(): void
}

/** The mark of a server's process. */
export function markOfServer({ pid }: Pick<Postgres, 'pid'>): ProcessMark {
  return markOf(pid) ?? { pid, stamp: '' }
}

/**
 * Looks after the PostgreSQL of a development environment: when its process ends, killed or out of
 * memory, it says so and starts it again.
 */
export function keepPostgres({ postgres, again, replaced }: KeptPostgres): Keeping {
  const lost = Promise.withResolvers<string>()
  let mark = markOfServer(postgres)
  let tries: readonly number[] = []
  let busy = false
  const giveUp = (why: string) => {
    clearInterval(timer)
    lost.resolve(`PostgreSQL has ended and does not start again: ${why}`)
  }
  const look = async () => {
    if (busy || isRunning(mark)) return
    busy = true
    const now = performance.now()
    tries = [...tries.filter((at) => now - at < WITHIN_MS), now]
    say(alarming('PostgreSQL has ended. Starting it again …'))
    try {
      mark = markOfServer(await again())
      replaced(mark)
      say(quiet('PostgreSQL runs again.'))
    } catch (error) {
      if (tries.length >= MOST_TRIES) giveUp(error instanceof Error ? error.message : String(error))
    }
    if (tries.length > MOST_TRIES) giveUp(`it ended ${tries.length} times in a minute`)
    busy = false
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  timer.unref()
  return { lost: lost.promise, end: () => clearInterval(timer) }
}
