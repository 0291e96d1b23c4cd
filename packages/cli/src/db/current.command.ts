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
      const shown = sets.map(({ set, current, pending, fault = null }) => ({
        set,
        current,
        pending,
        fault,
      }))
      say(JSON.stringify(shown))
      return
    }
    for (const { set, current, pending, fault } of sets) {
      say(
        `${set} is at ${current}${pending.length === 0 ? '' : `; pending: ${pending.join(', ')}`}`,
      )
      if (fault !== undefined) say(`  ${fault}`)
    }
  },
})
