import { defineCommand } from 'citty'
import { devFolder } from '../../dev/dev-folder.ts'
import { withProgress } from '../../progress.ts'
import { requiredValue } from '../required-name.ts'
import { changeArgs } from './change-args.ts'

/** `plinth entity field add`: one line more in a declaration, and its migration. */
export const addFieldCommand = defineCommand({
  meta: { description: 'Add a field: the line in the declaration, and the migration' },
  args: {
    entity: { type: 'positional', required: false, description: 'Its name' },
    field: {
      type: 'positional',
      required: false,
      valueHint: 'name:type',
      description: 'The field',
    },
    ...changeArgs,
  },
  async run({ args }) {
    const example = 'plinth entity field add Product weight:float'
    const { service } = devFolder()
    const { entityName } = await import('../naming/entity-name.ts')
    const entity = entityName(requiredValue(args.entity, example))
    const { parseField } = await import('../fields/parse-field.ts')
    const field = await parseField(requiredValue(args.field, example))
    const { addField } = await import('./field-changes.ts')
    const dryRun = args['dry-run'] === true
    const { migration } = args
    const work = addField({ service, entity, migration, dryRun }, field)
    const changed = await withProgress(`Adding ${field.name}`, work)
    const { reportChange } = await import('./report-change.ts')
    reportChange(changed, { json: args.json === true, dryRun })
  },
})
