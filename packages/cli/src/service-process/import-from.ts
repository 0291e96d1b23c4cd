import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CliError } from '../cli-error.ts'

/** The modules that are taken from the service itself: two copies of a library would not know each other. */
export interface ServiceModules {
  readonly 'plinth/testing': typeof import('plinth/testing')
  readonly 'plinth/data': typeof import('plinth/data')
  readonly zod: typeof import('zod')
}

/**
 * Imports a module as the service would.
 * @throws CliError when the service's packages are not installed
 */
export async function importFrom<K extends keyof ServiceModules & string>(
  service: string,
  name: K,
): Promise<ServiceModules[K]> {
  const { resolve } = createRequire(join(service, 'package.json'))
  let file: string
  try {
    file = resolve(name)
  } catch (cause) {
    throw new CliError(
      `${name} is not installed in ${service}; run \`npm install\` there.`,
      2,
      cause,
    )
  }
  const found: unknown = await import(pathToFileURL(file).href)
  return found as ServiceModules[K]
}
