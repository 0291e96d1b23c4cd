import { setTimeout as sleep } from 'node:timers/promises'
import { defineCommand } from 'citty'
import { wholeNumber } from '../whole-number.ts'
import { devFolder } from './dev-folder.ts'
import { follower, lastLines } from './follow-file.ts'
import { logFileOf, SERVICE_NAMES, serviceNamed } from './service-names.ts'
import { quiet, say } from './terminal.ts'

const POLL_MS = 250

/** `plinth dev logs [service]`: what the services said. */
export const logsCommand = defineCommand({
  meta: { description: 'Show what the services said' },
  args: {
    service: {
      type: 'positional',
      required: false,
      description: 'postgres, provider (keycloak), mailbox or server; all of them by default',
    },
    follow: { type: 'boolean', alias: 'f', description: 'Go on until Ctrl-C' },
    lines: {
      type: 'string',
      alias: 'n',
      default: '50',
      description: 'Lines of each to begin with',
    },
  },
  async run({ args }) {
    const folder = devFolder()
    const count = wholeNumber('--lines', args.lines, { least: 0, most: 100_000 })
    const names = args.service ? [await serviceNamed(args.service)] : SERVICE_NAMES
    const width = Math.max(...names.map((name) => name.length))
    let said = 0
    const followers = names.map((name) => {
      const file = logFileOf(folder, name)
      const prefix = names.length === 1 ? '' : quiet(`${name.padEnd(width)} | `)
      for (const line of lastLines(file, count)) {
        said += 1
        say(prefix + line)
      }
      return { prefix, more: follower(file) }
    })
    if (said === 0 && count > 0)
      say(quiet(`Nothing has been logged here yet by ${names.join(', ')}.`))
    if (!args.follow) return
    let ended = false
    process.once('SIGINT', () => {
      ended = true
    })
    while (!ended) {
      for (const { prefix, more } of followers) for (const line of more()) say(prefix + line)
      await sleep(POLL_MS)
    }
  },
})
