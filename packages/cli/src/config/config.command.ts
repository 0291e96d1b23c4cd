import { defineCommand } from 'citty'
import { devFolder } from '../dev/dev-folder.ts'
import { checkCommand } from './check.command.ts'
import { explainCommand } from './explain.command.ts'
import { type ConfigCommandParts, installedConfiguration } from './service-configuration.ts'

/** `plinth config` for given settings and a given place. */
export function createConfigCommand(parts: ConfigCommandParts) {
  return defineCommand({
    meta: { description: 'Explain every setting, check the configuration' },
    subCommands: { explain: explainCommand(parts), check: checkCommand(parts) },
  })
}

/** `plinth config` for the service in the current folder. */
export const configCommand = createConfigCommand({
  configuration: installedConfiguration,
  folder: () => devFolder().service,
  env: process.env,
  print: (line) => process.stdout.write(`${line}\n`),
  exitWith: (code) => {
    process.exitCode = code
  },
  lend: async () => (await import('../dev/lend-database.ts')).lendDatabase(),
})
