import { defineCommand } from 'citty'
import { say } from '../dev/terminal.ts'
import { chosenSet, setArgument } from './choose-set.ts'
import { runArguments } from './migration-run.ts'

/** `plinth db stamp`: writes down that migrations are applied, and runs nothing. */
export const stampCommand = defineCommand({
  meta: { description: 'Write down where the database stands, and run nothing' },
  args: {
    revision: {
      type: 'positional',
      required: true,
      description: 'head, 0, or a migration (0003, 0003_add_weight)',
    },
    ...setArgument,
    ...runArguments,
  },
  async run({ args }) {
    const [{ serviceDatabase }, { standingOf }, { ownerConnection, stampMigrations }] =
      await Promise.all([
        import('./service-database.ts'),
        import('./standing.ts'),
        import('plinth/data'),
      ])
    const { sets, settings } = await serviceDatabase()
    const set = chosenSet(args.set, sets)
    const { to, applied, pending } = await standingOf(settings, set, args.revision)
    const dryRun = args['dry-run'] === true
    const done = dryRun
      ? foretold(to, { applied: applied.map(({ name }) => name), pending })
      : await stampMigrations({ ...ownerConnection(settings), set, log: silent, to })
    if (args.json) return say(JSON.stringify(done))
    const would = dryRun ? 'would be ' : ''
    for (const name of done.added) say(`${would}written down as applied    ${name}`)
    for (const name of done.removed) say(`${would}written down as not there  ${name}`)
    say(`${args.set} ${dryRun ? 'would be' : 'is'} at ${to}; no migration ran`)
  },
})

const silent = { info() {}, warn() {}, error() {} }

function foretold(to: number, names: { applied: readonly string[]; pending: readonly string[] }) {
  const isPast = (name: string) => Number.parseInt(name, 10) > to
  return {
    added: names.pending.filter((name) => !isPast(name)),
    removed: names.applied.filter(isPast),
  }
}
