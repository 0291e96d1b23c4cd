import { defineCommand } from 'citty'
import { say } from '../dev/terminal.ts'

/** `plinth db current`: the number that each set is at, and what is pending. */
export const currentCommand = defineCommand({
  meta: { description: 'Show where the database stands and what is pending' },
  args: { json: { type: 'boolean', description: 'Print JSON' } },
  async run({ args }) {
    const { statusOfSets } = await import('./status.ts')
    const sets = await statusOfSets()
    if (args.json) {
      say(JSON.stringify(sets.map(({ set, current, pending }) => ({ set, current, pending }))))
      return
    }
    for (const { set, current, pending } of sets) {
      say(
        `${set} is at ${current}${pending.length === 0 ? '' : `; pending: ${pending.join(', ')}`}`,
      )
    }
  },
})
