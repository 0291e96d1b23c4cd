import { defineCommand } from 'citty'
import { asOwner } from '../db/as-owner.ts'
import { say } from '../dev/terminal.ts'

/** `plinth people ls`: a line for each person. */
export const listCommand = defineCommand({
  meta: { name: 'ls', description: 'Show the people of the service' },
  args: {
    email: { type: 'string', description: 'Part of the address' },
    json: { type: 'boolean', description: 'Print a JSON object for each' },
  },
  async run({ args }) {
    const { exportPeople } = await import('plinth/identity')
    const part = args.email?.toLowerCase() ?? ''
    await asOwner(async (owner) => {
      let [all, shown] = [0, 0]
      for await (const { password_hash: _hash, ...one } of exportPeople(owner, { hashes: false })) {
        all += 1
        if (!(one.email ?? '').toLowerCase().includes(part)) continue
        shown += 1
        const line = `${one.id}  ${one.display_name} <${one.email ?? 'no address'}>  ${one.status}`
        say(args.json ? JSON.stringify(one) : line)
      }
      if (shown === 0 && !args.json) say(nobody(all, part))
    })
  },
})

function nobody(all: number, part: string): string {
  if (all === 0)
    return 'Nobody is here yet: plinth seed --admin-email makes the first administrator'
  return `No address of the ${all} people here contains "${part}": plinth people ls shows them all`
}
