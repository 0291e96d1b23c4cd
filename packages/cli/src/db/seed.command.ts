import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'

/** `plinth db seed`: runs `seed(tx)` of src/seed.ts in tenants. Never in production. */
export const seedCommand = defineCommand({
  meta: {
    description: 'Run seed(tx) of src/seed.ts in every tenant, or in one (not in production)',
  },
  args: {
    tenant: {
      type: 'string',
      valueHint: 'demo',
      description: 'One tenant, by id or short name; it is made when there is none of that name',
    },
    'dry-run': { type: 'boolean', description: 'Only say in which tenants it would run' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const [{ serviceDatabase }, { seedTenants }] = await Promise.all([
      import('./service-database.ts'),
      import('./seed/seed-tenants.ts'),
    ])
    const { service, settings, environment } = await serviceDatabase()
    if (environment === 'production') throw misuse('plinth db seed does not run in production.')
    const dryRun = args['dry-run'] === true
    const request = { service, settings, dryRun, tenant: args.tenant }
    const seeded = await seedTenants(request)
    if (args.json) return say(JSON.stringify({ seeded }))
    for (const name of seeded) say(`${dryRun ? 'would seed' : 'seeded'}  ${name}`)
  },
})
