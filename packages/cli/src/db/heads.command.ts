import { defineCommand } from 'citty'
import { devFolder } from '../dev/dev-folder.ts'
import { say } from '../dev/terminal.ts'
import { setName } from './service-database.ts'

/** `plinth db heads`: the last migration of each set; several where two people wrote at once. */
export const headsCommand = defineCommand({
  meta: { description: 'Show the last migration of each set; two are mended by renumber' },
  args: { json: { type: 'boolean', description: 'Print JSON' } },
  async run({ args }) {
    const sets = await headsOfSets()
    if (args.json) return say(JSON.stringify(sets))
    for (const { set, heads } of sets) {
      say(`${set}: ${heads.length === 0 ? 'none' : heads.join(', ')}`)
      if (heads.length > 1) say('  one must come after the other: npx plinth db renumber')
    }
  },
})

/** From the files alone: no database is asked, and none need be named. */
async function headsOfSets() {
  const [{ declaredSets }, { migrationHeads }] = await Promise.all([
    import('./declared-sets.ts'),
    import('plinth/data'),
  ])
  const { sets } = await declaredSets(devFolder().service)
  return Promise.all(
    sets.map(async (set) => ({ set: setName(set), heads: await migrationHeads(set) })),
  )
}
