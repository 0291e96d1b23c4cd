import { defineCommand } from 'citty'
import { say } from '../dev/terminal.ts'

/** `plinth db heads`: the last migration of each set; several where two people wrote at once. */
export const headsCommand = defineCommand({
  meta: { description: 'Show the last migration of each set; two are mended by renumber' },
  args: { json: { type: 'boolean', description: 'Print JSON' } },
  async run({ args }) {
    const { statusOfSets } = await import('./status.ts')
    const sets = await statusOfSets()
    if (args.json) {
      say(JSON.stringify(sets.map(({ set, heads }) => ({ set, heads }))))
      return
    }
    for (const { set, heads } of sets) {
      say(`${set}: ${heads.length === 0 ? 'none' : heads.join(', ')}`)
      if (heads.length > 1) say('  one must come after the other: npx plinth db renumber')
    }
  },
})
