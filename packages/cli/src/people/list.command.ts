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
      for await (const { password_hash: _hash, ...one } of exportPeople(owner, { hashes: false })) {
        if (!(one.email ?? '').toLowerCase().includes(part)) continue
        const line = `${one.id}  ${one.display_name} <${one.email ?? 'no address'}>  ${one.status}`
        say(args.json ? JSON.stringify(one) : line)
      }
    })
  },
})
