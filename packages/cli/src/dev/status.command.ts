import { defineCommand } from 'citty'
import { devFolder } from './dev-folder.ts'
import { devStatus } from './dev-status.ts'
import { say, table } from './terminal.ts'

/** `plinth dev status`: what runs and answers; exit code 1 when something that should does not. */
export const statusCommand = defineCommand({
  meta: { description: 'Show what runs, where, and whether it answers' },
  args: { json: { type: 'boolean', description: 'Print JSON' } },
  async run({ args }) {
    const services = await devStatus(devFolder())
    const rows = services.map(({ name, state, at = '', detail = '' }) => [name, state, at, detail])
    say(args.json ? JSON.stringify({ services }) : table(rows))
    if (services.some(({ state }) => state === 'down')) process.exitCode = 1
    else if (services.every(({ state }) => state === 'off') && !args.json)
      say('\n  Nothing runs; start it with `plinth dev`.')
  },
})
