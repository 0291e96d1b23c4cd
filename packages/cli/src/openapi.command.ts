import { defineCommand } from 'citty'

/** `plinth openapi`: the OpenAPI document, as the server serves it. */
export const openApiCommand = defineCommand({
  meta: { description: 'Print the OpenAPI document' },
  async run() {
    const { readOpenApi } = await import('./read-routes.ts')
    process.stdout.write(await readOpenApi())
  },
})
