import { CliError } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'
import { type MigrationSet, setName } from './service-database.ts'

/** The option of every command that changes the database. */
export const dryRunArgument = {
  'dry-run': { type: 'boolean', description: 'Only say what would be done' },
} as const

type Status = typeof import('plinth/data')['migrationStatus']
type Session = Omit<Parameters<Status>[0], 'set'>

/** What bringing a set to a number does, or would do. */
export interface Brought {
  readonly set: 'platform' | 'service'
  readonly undone: readonly string[]
  readonly applied: readonly string[]
  /** Number that the set is at afterwards. */
  readonly current: number
}

/**
 * Says what bringing sets of migrations to a number would run, and changes nothing. What was said of a
 * set counts for the next time that it is asked about. It throws a CliError where files and history
 * differ, as the run itself would.
 */
export function foretelling(owner: Session, print = say) {
  const reached = new Map<MigrationSet, number>()
  return async (set: MigrationSet, to?: number, evenEdited = false): Promise<Brought> => {
    const { migrationStatus } = await import('plinth/data')
    const status = await migrationStatus({ ...owner, set, evenEdited })
    const { applied, pending, current, fault } = status
    if (fault !== undefined) throw new CliError(fault)
    const all = [...applied.map(({ name }) => name), ...pending]
    const at = reached.get(set) ?? current
    const target = to ?? numberOf(all.at(-1))
    const undone = all.filter((name) => numberOf(name) > target && numberOf(name) <= at)
    const added = all.filter((name) => numberOf(name) > at && numberOf(name) <= target)
    for (const name of undone.toReversed()) print(`would undo   ${name}`)
    for (const name of added) print(`would apply  ${name}`)
    const isSame = undone.length + added.length === 0
    print(`${setName(set)} ${isSame ? `stays at ${at}` : `would be at ${target}`}`)
    reached.set(set, target)
    return { set: setName(set), undone: undone.toReversed(), applied: added, current: target }
  }
}

/** The number that a migration's name begins with; 0 for none. */
function numberOf(name: string | undefined): number {
  return Number.parseInt(name ?? '0', 10)
}
