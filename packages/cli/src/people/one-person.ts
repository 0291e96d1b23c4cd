import type { ByHandDeps, NotOne } from 'plinth/identity'
import { CliError } from '../cli-error.ts'
import { serviceDatabase } from '../db/service-database.ts'
import { findFeatures } from '../sync/find-features.ts'

/** Looks after one person as the running service would: the role of the app is enough. */
export async function withPeople<T>(work: (deps: ByHandDeps) => Promise<T>): Promise<T> {
  const { service, settings } = await serviceDatabase()
  const [{ databaseSettings, openDatabase }, { systemClock: clock }, { visitingOutbox }, found] =
    await Promise.all([
      import('plinth/data'),
      import('plinth/kernel'),
      import('plinth/identity'),
      findFeatures(service),
    ])
  const entities = found.flatMap(({ feature }) => feature.entities ?? [])
  const database = openDatabase({
    settings: databaseSettings.parse({ ...settings, pool_size: 1 }),
    clock,
    log: { info() {}, warn() {}, error() {} },
    outbox: visitingOutbox,
  })
  try {
    return await work({ platform: database.platform, clock, entities })
  } finally {
    await database.close()
  }
}

/** The sentence for a name that is nobody's, or several people's. */
export function notOne(result: NotOne, asked: string): CliError {
  if (result.code === 'unknown') {
    return new CliError(
      `Nobody has the id or the address ${asked}: plinth people ls shows who is here.`,
    )
  }
  const ids = result.people.map(({ id, name }) => `  ${id}  ${name}`).join('\n')
  return new CliError(`Several people have the address ${asked}. Name one by id:\n${ids}`)
}
