import { join } from 'node:path'
import { misuse } from '../cli-error.ts'
import { suggestion } from '../suggestion.ts'
import type { DevFolder } from './dev-folder.ts'
import { readState } from './dev-state.ts'

/** What `plinth dev` runs, by the name that `status` and `logs` use. */
export const SERVICE_NAMES = ['postgres', 'provider', 'mailbox', 'server'] as const

/** Name of one of them. */
export type ServiceName = (typeof SERVICE_NAMES)[number]

/** Names that documents and habit use for the same. */
const ALSO: Readonly<Record<string, ServiceName>> = {
  keycloak: 'provider',
  database: 'postgres',
  mail: 'mailbox',
  api: 'server',
}

/**
 * The service that a person named.
 * @throws CliError naming the nearest one
 */
export async function serviceNamed(name: string): Promise<ServiceName> {
  const found = SERVICE_NAMES.find((each) => each === name) ?? ALSO[name]
  if (found !== undefined) return found
  const near = await suggestion(name, [...SERVICE_NAMES, ...Object.keys(ALSO)])
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  throw misuse(`There is no service "${name}" here; there are ${SERVICE_NAMES.join(', ')}.${hint}`)
}

/** The file that holds what a service said. */
export function logFileOf(folder: DevFolder, name: ServiceName): string {
  const { postgres } = readState(folder.home, 'state') ?? {}
  if (name === 'postgres') return postgres?.log ?? join(folder.postgres, 'server.log')
  return join(folder.logs, `${name}.log`)
}
