import { defineCommand } from 'citty'
import { devFolder } from '../../dev/dev-folder.ts'
import { withProgress } from '../../progress.ts'
import { requiredValue } from '../required-name.ts'
import { changeArgs } from './change-args.ts'

/** `plinth entity field rename`: a column keeps its values under another name. */
export const renameFieldCommand = defineCommand({
  meta: { description: 'Call a field otherwise; a migration keeps its values' },
  args: {
    entity: { type: 'positional', required: false, description: 'Name of the entity' },
    from: { type: 'positional', required: false, description: 'The field' },
    to: { type: 'positional', required: false, description: 'Its new name' },
    ...changeArgs,
  },
  async run({ args }) {
    const example = 'plinth entity field rename Product cost price'
    const { service } = devFolder()
    const { entityName } = await import('../naming/entity-name.ts')
    const entity = entityName(requiredValue(args.entity, example))
    const from = requiredValue(args.from, example)
    const to = requiredValue(args.to, example)
    const { renameField } = await import('./field-changes.ts')
    const dryRun = args['dry-run'] === true
    const { migration } = args
    const work = renameField({ service, entity, migration, dryRun }, { from, to })
    const changed = await withProgress(`Renaming ${from}`, work)
    const { stillNamed } = await import('./still-named.ts')
    const still = dryRun ? [] : await stillNamed(service, from)
    const { reportChange } = await import('./report-change.ts')
    reportChange(changed, { json: args.json === true, dryRun, still })
  },
})
