import { CliError, misuse } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'
import { type Brought, dryRunArgument, foretelling } from './dry-run.ts'
import { type MigrationSet, serviceDatabase, setName } from './service-database.ts'

type ServiceDatabase = Awaited<ReturnType<typeof serviceDatabase>>

/** What a command does with each set of migrations. */
export interface MigrationRun {
  readonly database: ServiceDatabase
  /**
   * Brings one set to a number and prints what ran; the newest by default.
   * @param evenEdited also by files that were edited after they were applied
   */
  bring(set: MigrationSet, to?: number, evenEdited?: boolean): Promise<void>
}

/** The options of every command that runs migrations. */
export const runArguments = {
  ...dryRunArgument,
  json: { type: 'boolean', description: 'Print JSON' },
} as const

/** How a command that runs migrations was asked. */
export interface RunOptions {
  readonly 'dry-run'?: boolean | undefined
  readonly json?: boolean | undefined
}

/**
 * Runs migrations as the owner. Ctrl-C and SIGTERM roll the running one back and free the lock.
 * @throws CliError with exit code 2 when the service's files are not one line
 */
export async function migrating(
  work: (run: MigrationRun) => Promise<void>,
  options: RunOptions,
): Promise<void> {
  const database = await serviceDatabase()
  await refuseBranches(database.sets)
  const print = options.json === true ? () => undefined : say
  const results: Brought[] = []
  const bringing = async (one: Bring) =>
    work({
      database,
      async bring(...asked) {
        results.push(await one(...asked))
      },
    })
  const { ownerConnection } = await import('plinth/data')
  const owner = ownerConnection(database.settings)
  if (options['dry-run'] === true) await bringing(foretelling(owner, print))
  else await untilStopped((signal) => bringing(forReal({ ...owner, signal }, print)))
  if (options.json === true) say(JSON.stringify(results))
}

type Bring = (set: MigrationSet, to?: number, evenEdited?: boolean) => Promise<Brought>

async function refuseBranches(sets: readonly MigrationSet[]): Promise<void> {
  const { chainFault, readMigrations } = await import('plinth/data')
  for (const set of sets) {
    const fault = set === 'platform' ? undefined : chainFault(await readMigrations(set.folder))
    if (fault !== undefined) throw misuse(`${fault}.`)
  }
}

type Migrate = typeof import('plinth/data')['migrate']

function forReal(session: Omit<Parameters<Migrate>[0], 'set' | 'log'>, print: typeof say) {
  return async (set: MigrationSet, to?: number, evenEdited = false): Promise<Brought> => {
    const { migrate } = await import('plinth/data')
    const far = { evenEdited, ...(to !== undefined && { to }) }
    const done = await migrate({ ...session, set, log: waitingOnly, ...far })
    const { ran, direction, current } = done
    for (const name of ran) print(`${direction === 'up' ? 'applied' : 'undone'}  ${name}`)
    print(`${setName(set)} is at ${current}${ran.length === 0 ? ', as it was' : ''}`)
    const [undone, applied] = direction === 'up' ? [[], ran] : [ran, []]
    return { set: setName(set), undone, applied, current }
  }
}

/** Runs work that the signals which end a process also end. */
async function untilStopped(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const onSignal = (signal: NodeJS.Signals): void => stop.abort(signal)
  process.once('SIGTERM', onSignal).once('SIGINT', onSignal)
  try {
    await work(stop.signal)
  } catch (error) {
    throw stop.signal.aborted ? stopped(String(stop.signal.reason)) : explained(error)
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal)
  }
}

const waitingOnly = {
  info(_: object, message: string): void {
    if (message.includes('waiting')) process.stderr.write(`${message}\n`)
  },
  warn: (_: object, message: string): boolean => process.stderr.write(`${message}\n`),
  error: (_: object, message: string): boolean => process.stderr.write(`${message}\n`),
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
