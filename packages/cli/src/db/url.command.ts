import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { say } from '../dev/terminal.ts'

/** `plinth db url`: the database that the service here would use. */
export const urlCommand = defineCommand({
  meta: { description: 'Print the URL of the database that the service uses' },
  args: {
    owner: { type: 'boolean', description: 'The owner instead of the app role' },
    reveal: { type: 'boolean', description: 'With its password, for a tool that needs it' },
  },
  async run({ args }) {
    const { serviceDatabase } = await import('./service-database.ts')
    const { settings } = await serviceDatabase()
    const url = args.owner ? settings.owner_url : settings.url
    if (url === undefined) {
      throw misuse(
        `${args.owner ? 'database.owner_url' : 'database.url'} is not set; plinth dev brings a PostgreSQL.`,
      )
    }
    say(args.reveal ? url : masked(url))
  },
})

function masked(url: string): string {
  return url.replace(/^([^:]+:\/\/[^:@/]*):.*@/s, '$1:***@')
}
