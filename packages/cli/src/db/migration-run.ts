import { CliError, misuse } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'
import { foretelling } from './dry-run.ts'
import { serviceDatabase, setName } from './service-database.ts'

type ServiceDatabase = Awaited<ReturnType<typeof serviceDatabase>>
type MigrationSet = ServiceDatabase['sets'][number]

/** What a command does with each set of migrations. */
export interface MigrationRun {
  readonly database: ServiceDatabase
  /** Brings one set to a number and prints what ran; the newest by default. */
  bring(set: MigrationSet, to?: number): Promise<void>
}

/**
 * Runs migrations as the owner. Ctrl-C and SIGTERM roll the running one back and free the lock.
 * @param dryRun only says what would run
 */
export async function migrating(
  work: (run: MigrationRun) => Promise<void>,
  dryRun = false,
): Promise<void> {
  const database = await serviceDatabase()
  const { migrate, ownerConnection } = await import('plinth/data')
  const owner = ownerConnection(database.settings)
  if (dryRun) return work({ database, bring: foretelling(owner) })
  const stop = new AbortController()
  const onSignal = (signal: NodeJS.Signals): void => stop.abort(signal)
  process.once('SIGTERM', onSignal).once('SIGINT', onSignal)
  try {
    await work({
      database,
      async bring(set, to) {
        const { ran, direction, current } = await migrate({
          ...owner,
          set,
          signal: stop.signal,
          log: waitingOnly,
          ...(to !== undefined && { to }),
        })
        for (const name of ran) say(`${direction === 'up' ? 'applied' : 'undone'}  ${name}`)
        say(`${setName(set)} is at ${current}${ran.length === 0 ? ', as it was' : ''}`)
      },
    })
  } catch (error) {
    throw stop.signal.aborted ? stopped(String(stop.signal.reason)) : explained(error)
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal)
  }
}

const waitingOnly = {
  info(_: object, message: string): void {
    if (message.includes('waiting')) say(message)
  },
  warn: (_: object, message: string): void => say(message),
  error: (_: object, message: string): void => say(message),
}

function stopped(signal: string): CliError {
  return new CliError(`Stopped by ${signal}: the migration that ran was rolled back.`)
}

const NOT_PERMITTED = '42501'

function explained(error: unknown): unknown {
  if (!isNotPermitted(error)) return error
  return misuse(
    'This role may not migrate the database; give the owner as DATABASE_OWNER_URL ("plinth db setup" prints it).',
  )
}

function isNotPermitted(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && error.code === NOT_PERMITTED) || isNotPermitted(error.cause)
}
