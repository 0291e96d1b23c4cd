import { defineCommand } from 'citty'
import { say } from '../dev/terminal.ts'

/** `plinth db pull`: prints the tables that are there as entities. */
export const pullCommand = defineCommand({
  meta: { description: 'Print the tables of the live database as entities, in TypeScript' },
  args: {
    tables: {
      type: 'positional',
      required: false,
      valueHint: 'shop.orders …',
      description: 'Tables or schemas; by default all outside the schema plinth',
    },
    tenant: {
      type: 'string',
      default: 'tenant_id',
      description: 'Column that names the tenant; tables without it are owned by nobody',
    },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const [{ serviceDatabase }, { ownerConnection }, { pull }] = await Promise.all([
      import('./service-database.ts'),
      import('plinth/data'),
      import('./pull/pull.ts'),
    ])
    const { settings } = await serviceDatabase()
    const text = await pull({
      url: ownerConnection(settings).url,
      only: args._,
      tenant: args.tenant,
    })
    if (args.json) say(JSON.stringify({ text }))
    else say(text.trimEnd())
  },
})
