import { defineCommand } from 'citty'
import { devFolder } from './dev/dev-folder.ts'
import { say } from './dev/terminal.ts'

/** `plinth openapi`: the OpenAPI document, as the server serves it, and what it changes for callers. */
export const openApiCommand = defineCommand({
  meta: { description: 'Print the OpenAPI document, or what it breaks for callers' },
  args: {
    check: {
      type: 'boolean',
      description: 'Compare it with src/generated/openapi.json; exit 1 when callers would break',
    },
    json: { type: 'boolean', description: 'Print JSON; the document is JSON anyway' },
  },
  async run({ args }) {
    const { readOpenApi } = await import('./read-routes.ts')
    const current = await readOpenApi()
    if (args.check) await compare(current, args.json === true)
    else process.stdout.write(current)
  },
})

async function compare(current: string, json: boolean): Promise<void> {
  const { changesOfApi } = await import('./openapi/breaking-changes.ts')
  const { changeLine } = await import('./openapi/api-change.ts')
  const changes = changesOfApi(devFolder().service, current)
  const breaking = changes.filter(({ weight }) => weight === 'breaking')
  if (json) say(JSON.stringify({ changes }))
  else for (const change of changes) say(changeLine(change))
  if (!json && changes.length === 0) say('The API is what src/generated/openapi.json says.')
  if (breaking.length === 0) return
  process.exitCode = 1
  if (!json)
    say('Keep what callers use, or accept the change with `plinth sync --accept-breaking`.')
}
