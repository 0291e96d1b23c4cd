import { defineCommand } from 'citty'
import { devFolder } from '../../dev/dev-folder.ts'
import { say, table } from '../../dev/terminal.ts'
import { withProgress } from '../../progress.ts'

/** `plinth entity ls`: the entities of the service here. */
export const listCommand = defineCommand({
  meta: { description: 'List the entities: file, table, routes and tests' },
  args: { json: { type: 'boolean', description: 'Print JSON' } },
  async run({ args }) {
    const { service } = devFolder()
    const { listEntities } = await import('./list-entities.ts')
    const entities = await withProgress('Reading the entities', listEntities(service))
    if (args.json) return say(JSON.stringify({ entities }))
    if (entities.length === 0) return say('No entity yet: plinth entity add Product name:string')
    const rows = entities.map(({ entity, file, table, routes, tests }) => [
      entity,
      file,
      table,
      routes.length === 0 ? 'none' : String(routes.length),
      tests === null ? 'none' : 'yes',
    ])
    say(table([['Entity', 'File', 'Table', 'Routes', 'Tests'], ...rows]))
  },
})
