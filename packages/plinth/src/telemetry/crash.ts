import type { RootLog } from './log.ts'

/** The part of `process` that a crash needs. */
export interface ProcessLike {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown
  off(
    event: 'uncaughtException' | 'unhandledRejection',
    listener: (error: unknown) => void,
  ): unknown
  exit(code: number): void
}

/** What happens when an error reaches nobody. */
export interface CrashPolicy {
  readonly process: ProcessLike
  readonly log: Pick<RootLog, 'error' | 'flush'>
  /** Finishes what is in flight and closes the process's resources. */
  readonly drain: () => Promise<void>
  /** Milliseconds that draining may take; 10 s by default. */
  readonly limitMs?: number
}

/**
 * Installs the crash policy (FI-40): an error that reached nobody is logged, the process finishes
 * what is in flight, and exits with code 1. It does not go on: nobody knows what state it is in.
 * @returns removes the policy again
 */
export function onCrash({ process, log, drain, limitMs = 10_000 }: CrashPolicy): () => void {
  let crashed = false
  const listener = (error: unknown): void => {
    log.error({ error: asError(error) }, 'An error reached nobody; the process drains and exits.')
    if (crashed) return
    crashed = true
    void leave({ drain, limitMs, log }).finally(() => process.exit(1))
  }
  process.on('uncaughtException', listener)
  process.on('unhandledRejection', listener)
  return () => {
    process.off('uncaughtException', listener)
    process.off('unhandledRejection', listener)
  }
}

type Leaving = Pick<CrashPolicy, 'drain' | 'log'> & { readonly limitMs: number }

async function leave({ drain, limitMs, log }: Leaving): Promise<void> {
  const late = new Promise<void>((resolve) => setTimeout(resolve, limitMs).unref())
  try {
    await Promise.race([drain(), late])
  } catch (error) {
    log.error({ error: asError(error) }, 'Draining after a crash failed.')
  }
  await log.flush()
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`thrown: ${typeof thrown}`)
}
