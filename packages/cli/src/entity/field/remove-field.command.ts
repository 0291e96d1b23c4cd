import { defineCommand } from 'citty'
import { CliError, misuse } from '../../cli-error.ts'
import { devFolder } from '../../dev/dev-folder.ts'
import { withProgress } from '../../progress.ts'
import { requiredValue } from '../required-name.ts'
import { changeArgs } from './change-args.ts'

/** `plinth entity field rm`: one line less in a declaration, and a migration that drops the column. */
export const removeFieldCommand = defineCommand({
  meta: { description: 'Remove a field, and by a migration its column with all values' },
  args: {
    entity: { type: 'positional', required: false, description: 'Name of the entity' },
    field: { type: 'positional', required: false, description: 'The field' },
    force: { type: 'boolean', alias: 'f', description: 'Do not ask' },
    ...changeArgs,
  },
  async run({ args }) {
    const example = 'plinth entity field rm Product cost'
    const { service } = devFolder()
    const { entityName } = await import('../naming/entity-name.ts')
    const entity = entityName(requiredValue(args.entity, example))
    const name = requiredValue(args.field, example)
    const dryRun = args['dry-run'] === true
    const { assertRemovable, removeField } = await import('./field-changes.ts')
    await assertRemovable({ service, entity }, name)
    if (!dryRun && args.force !== true) await confirmed(`${entity.snake}.${name}`)
    const { migration } = args
    const work = removeField({ service, entity, migration, dryRun }, name)
    const changed = await withProgress(`Removing ${name}`, work)
    const { stillNamed } = await import('./still-named.ts')
    const still = dryRun ? [] : await stillNamed(service, name)
    const { reportChange } = await import('./report-change.ts')
    reportChange(changed, { json: args.json === true, dryRun, still })
  },
})

async function confirmed(what: string): Promise<void> {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true)
    throw misuse(`This removes ${what} with all its values; say --force to do it.`)
  const { confirm, isCancel } = await import('@clack/prompts')
  const message = `Remove ${what}? Its values are lost when the migration runs.`
  const answer = await confirm({ message, initialValue: false })
  if (isCancel(answer) || !answer) throw new CliError('Nothing was removed.')
}
