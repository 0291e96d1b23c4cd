import { defineCommand } from 'citty'
import { say, table } from '../dev/terminal.ts'

/** `plinth db history`: what was applied, and when. */
export const historyCommand = defineCommand({
  meta: { description: 'Show what was applied, and when' },
  args: { json: { type: 'boolean', description: 'Print JSON' } },
  async run({ args }) {
    const { statusOfSets } = await import('./status.ts')
    const sets = await statusOfSets()
    if (args.json) say(JSON.stringify(sets))
    else
      say(
        table(
          sets.flatMap(({ set, applied }) => applied.map((one) => [set, one.name, one.appliedAt])),
        ),
      )
  },
})
