import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { misuse } from '../cli-error.ts'

/** Where a service keeps what belongs to its development only; never in git. */
export interface DevFolder {
  /** Root of the service. */
  readonly service: string
  /** `.plinth/dev` below it. */
  readonly home: string
  readonly secrets: string
  readonly postgres: string
  readonly provider: string
  /** Where a Keycloak keeps its data. */
  readonly keycloak: string
  readonly logs: string
}

/**
 * The service that a folder belongs to: the nearest folder upwards with package.json and config.yaml.
 * @throws CliError when there is none
 */
export function devFolder(from: string = process.cwd()): DevFolder {
  const found = findDevFolder(from)
  if (found !== undefined) return found
  throw misuse(
    `There is no service here: neither ${from} nor a folder above it holds both package.json and config.yaml; change into your service first.`,
  )
}

/** The same, undefined when there is none. */
export function findDevFolder(from: string = process.cwd()): DevFolder | undefined {
  const service = serviceAbove(resolve(from))
  if (service === undefined) return undefined
  const home = join(service, '.plinth', 'dev')
  return {
    service,
    home,
    secrets: join(home, 'secrets'),
    postgres: join(home, 'postgres'),
    provider: join(home, 'provider.json'),
    keycloak: join(home, 'keycloak'),
    logs: join(home, 'logs'),
  }
}

function serviceAbove(folder: string): string | undefined {
  if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'config.yaml')))
    return folder
  const above = dirname(folder)
  return above === folder ? undefined : serviceAbove(above)
}
