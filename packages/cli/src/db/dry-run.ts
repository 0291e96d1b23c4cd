import { say } from '../dev/terminal.ts'
import { setName } from './service-database.ts'

/** The option of every command that changes the database. */
export const dryRunArgument = {
  'dry-run': { type: 'boolean', description: 'Only say what would be done' },
} as const

type Status = typeof import('plinth/data')['migrationStatus']
type Session = Omit<Parameters<Status>[0], 'set'>
type MigrationSet = Parameters<Status>[0]['set']

/**
 * Says what bringing sets of migrations to a number would run, and changes nothing. What was said of a
 * set counts for the next time that it is asked about.
 */
export function foretelling(owner: Session) {
  const reached = new Map<MigrationSet, number>()
  return async (set: MigrationSet, to?: number): Promise<void> => {
    const { migrationStatus } = await import('plinth/data')
    const { applied, pending, current } = await migrationStatus({ ...owner, set })
    const all = [...applied.map(({ name }) => name), ...pending]
    const at = reached.get(set) ?? current
    const target = to ?? numberOf(all.at(-1))
    const undone = all.filter((name) => numberOf(name) > target && numberOf(name) <= at)
    const added = all.filter((name) => numberOf(name) > at && numberOf(name) <= target)
    for (const name of undone.toReversed()) say(`would undo   ${name}`)
    for (const name of added) say(`would apply  ${name}`)
    const isSame = undone.length + added.length === 0
    say(`${setName(set)} ${isSame ? `stays at ${at}` : `would be at ${target}`}`)
    reached.set(set, target)
  }
}

/** The number that a migration's name begins with; 0 for none. */
function numberOf(name: string | undefined): number {
  return Number.parseInt(name ?? '0', 10)
}
