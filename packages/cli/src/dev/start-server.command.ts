import { defineCommand } from 'citty'
import { wholeNumber } from '../whole-number.ts'
import { levelNamed } from './log-level.ts'
import { providerArgument, providerNamed } from './provider-choice.ts'

/** Options of everything that runs a server. */
export const serverArguments = {
  ...providerArgument,
  host: { type: 'string', description: 'Address to listen on (app.host by default)' },
  port: { type: 'string', alias: 'p', description: 'Port; if taken, the next free one (app.port)' },
  reload: {
    type: 'boolean',
    default: true,
    description: 'Restart on change',
    negativeDescription: 'Run once, and end when the server ends',
  },
  'log-level': { type: 'string', description: 'debug, info, warning or error (logging.level)' },
} as const

/** The same options, parsed. */
export interface ServerArguments {
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly provider?: string | undefined
  readonly reload: boolean
  readonly 'log-level'?: string | undefined
}

/** Runs the server as the options say. */
export async function runWith(args: ServerArguments): Promise<void> {
  const { runServer } = await import('./run-server.ts')
  const range = { least: 1, most: 65_535 }
  await runServer({
    provider: await providerNamed(args.provider),
    host: args.host,
    port: args.port === undefined ? undefined : wholeNumber('--port', args.port, range),
    reload: args.reload,
    logLevel: await levelNamed(args['log-level']),
  })
}

/** `plinth dev start-server`: on services that run already, or with its own. */
export const startServerCommand = defineCommand({
  meta: { description: 'Run the server on the services that run, starting them if need be' },
  args: serverArguments,
  run: ({ args }) => runWith(args),
})
