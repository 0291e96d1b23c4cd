import { areMigrationsExternal } from '../external-migrations.ts'
import { entitiesOf } from './entities-of.ts'
import { migrationsFolder, revise } from './revise.ts'

/**
 * Names of the entities of a service that no committed migration leads to, and of tables whose entity
 * is gone; none where another tool migrates. Writes nothing.
 */
export async function entitiesWithoutMigration(service: string): Promise<string[]> {
  if (await areMigrationsExternal(service)) return []
  const plan = {
    folder: migrationsFolder(service),
    entities: await entitiesOf(service),
    message: 'check',
    renames: [],
  }
  const { changes } = await revise(plan, () => false)
  return [...changes.entities]
}
