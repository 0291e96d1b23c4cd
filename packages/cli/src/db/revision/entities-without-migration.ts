import { areMigrationsExternal } from '../external-migrations.ts'
import { entitiesOf } from './entities-of.ts'
import { isProved, rememberProof } from './remembered-proof.ts'
import { migrationsFolder, revise } from './revise.ts'

/**
 * Names of the entities of a service that no committed migration leads to, and of tables whose entity
 * is gone; none where another tool migrates. Writes nothing but, below `.plinth/dev`, that there are none.
 */
export async function entitiesWithoutMigration(service: string): Promise<string[]> {
  if (await areMigrationsExternal(service)) return []
  const compared = {
    service,
    folder: migrationsFolder(service),
    entities: await entitiesOf(service),
  }
  if (!FROM_SOURCE && (await isProved(compared))) return []
  const plan = { ...compared, message: 'check', renames: [] }
  const { changes } = await revise(plan, () => false)
  if (!FROM_SOURCE && changes.entities.length === 0) await rememberProof(compared)
  return [...changes.entities]
}

/** In Plinth's own repository the code that compares changes, and no version tells. */
const FROM_SOURCE = import.meta.url.endsWith('.ts')
