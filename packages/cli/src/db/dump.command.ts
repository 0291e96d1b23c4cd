import { open } from 'node:fs/promises'
import { defineCommand } from 'citty'
import { say } from '../dev/terminal.ts'

/** `plinth db dump`: the schema, and the rows if asked for, as SQL. */
export const dumpCommand = defineCommand({
  meta: { description: 'Write the schema as SQL, with --data its rows too; needs no pg_dump' },
  args: {
    data: { type: 'boolean', description: 'The rows too: personal data and hashed secrets' },
    out: {
      type: 'string',
      valueHint: 'file.sql',
      description: 'A new file, instead of printing it',
    },
  },
  async run({ args }) {
    const [{ serviceDatabase }, { ownerConnection }, { dump }] = await Promise.all([
      import('./service-database.ts'),
      import('plinth/data'),
      import('./dump/dump.ts'),
    ])
    const { settings, sets } = await serviceDatabase()
    const request = { owner: ownerConnection(settings), sets, data: args.data === true }
    if (args.out === undefined) {
      return dump({ ...request, write: async (text) => void process.stdout.write(text) })
    }
    // Its owner only: rows hold what people told the service.
    const file = await open(args.out, 'wx', 0o600)
    try {
      await dump({ ...request, write: async (text) => void (await file.write(text)) })
    } finally {
      await file.close()
    }
    say(`wrote  ${args.out}`)
  },
})
