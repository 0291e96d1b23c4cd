import { defineCommand } from 'citty'

/** `plinth routes`: the census, as the server would enforce it. */
export const routesCommand = defineCommand({
  meta: { description: 'Print every route and who may call it' },
  args: { json: { type: 'boolean', description: 'Print JSON' } },
  async run({ args }) {
    const { readRoutes } = await import('./read-routes.ts')
    const routes = await readRoutes()
    process.stdout.write(args.json ? `${JSON.stringify({ routes: routes.list })}\n` : routes.text)
  },
})
