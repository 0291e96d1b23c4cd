import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { defineCommand } from 'citty'
import { CliError } from '../cli-error.ts'
import { dryRunArgument } from '../db/dry-run.ts'
import { type DevFolder, devFolder } from './dev-folder.ts'
import { secretsFor } from './dev-secrets.ts'
import { readState } from './dev-state.ts'
import { devStatus } from './dev-status.ts'
import { lastLines } from './follow-file.ts'
import { isRunning } from './process-stamp.ts'
import {
  type ProviderChoice,
  providerArgument,
  providerNamed,
  refuseOtherProvider,
} from './provider-choice.ts'
import { readNeeds } from './service-needs.ts'
import { stopEverything } from './stop-everything.ts'
import { say, table, whileWaiting } from './terminal.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/plinth.js', import.meta.url))
const PATIENCE_MS = 120_000
/** The first Keycloak of a user is fetched and prepared. */
const PATIENCE_WITH_KEYCLOAK_MS = 900_000

/** `plinth dev start-env`: the services, in the background. */
export const startEnvCommand = defineCommand({
  meta: { description: 'Start PostgreSQL, identity provider and mailbox in the background' },
  args: {
    ...providerArgument,
    ...dryRunArgument,
    force: { type: 'boolean', description: 'Stop what runs and start again' },
    wait: {
      type: 'boolean',
      default: true,
      description: 'Wait until everything answers',
      negativeDescription: 'Return at once; `plinth dev status` tells when it runs',
    },
  },
  async run({ args }) {
    const folder = devFolder()
    const provider = await providerNamed(args.provider)
    if (args['dry-run']) return foretell(folder, provider)
    if (args.force) await whileWaiting('Stopping', stopEverything(folder))
    const running = readState(folder.home, 'state')
    if (isRunning(running?.supervisor)) {
      refuseOtherProvider(provider, { needed: true, running: running?.provider?.kind })
      return say('The services run already; `plinth dev status` shows them.')
    }
    const supervisor = launch(folder, provider)
    if (!args.wait)
      return say('Starting in the background; `plinth dev status` tells when it runs.')
    await whileWaiting('Starting the services', ready(folder, supervisor))
    const services = (await devStatus(folder)).filter(({ name }) => name !== 'server')
    say(table(services.map(({ name, state, at = '' }) => [name, state, at])))
    say('\n  Start the server with `plinth dev start-server`; stop all with `plinth dev stop`.')
  },
})

async function foretell(folder: DevFolder, provider: ProviderChoice | undefined): Promise<void> {
  const secrets = secretsFor(folder.secrets)
  const needs = await readNeeds({ service: folder.service, env: process.env, secrets })
  refuseOtherProvider(provider, { needed: needs.provider })
  const parts = [
    needs.database && 'PostgreSQL, with the roles, schemas and migrations that are missing',
    needs.provider && `the ${provider ?? 'development'} identity provider`,
    needs.mailbox && 'the mailbox',
  ].filter((part) => part !== false)
  for (const part of parts) say(`would start  ${part}`)
  if (parts.length === 0) say('The configuration names services for everything; none is started.')
}

interface Supervisor {
  readonly log: string
  readonly patienceMs: number
  readonly hasEnded: () => boolean
}

function launch(folder: DevFolder, provider: ProviderChoice | undefined): Supervisor {
  const log = join(folder.logs, 'supervisor.log')
  mkdirSync(folder.logs, { recursive: true })
  const output = openSync(log, 'w', 0o600)
  const child = spawn(process.execPath, [PROGRAM, ...superviseWith(provider)], {
    cwd: folder.service,
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  child.unref()
  const patienceMs = provider === 'keycloak' ? PATIENCE_WITH_KEYCLOAK_MS : PATIENCE_MS
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  return { log, patienceMs, hasEnded }
}

function superviseWith(provider: ProviderChoice | undefined): readonly string[] {
  return ['dev', 'supervise', ...(provider === undefined ? [] : ['--provider', provider])]
}

async function ready(folder: DevFolder, { log, patienceMs, hasEnded }: Supervisor): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!isRunning(readState(folder.home, 'state')?.supervisor)) {
    if (hasEnded())
      throw new CliError(lastLines(log, 3).join(' ') || `It ended at once; see ${log}.`)
    if (performance.now() > deadline)
      throw new CliError(
        `The services have not started within ${patienceMs / 60_000} minutes; see ${log}.`,
      )
    await sleep(50)
  }
}
