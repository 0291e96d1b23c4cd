import { type Examined, examined, skipped } from './finding.ts'
import type { Subject } from './subject.ts'

/** Whether `src/generated/` is what the code says. */
export async function examineGenerated({ folder, filled }: Subject): Promise<Examined> {
  if (!filled.ok) return skipped('the configuration has faults to mend first')
  const { syncService } = await import('../sync/sync-service.ts')
  const { stale } = await syncService(folder.service, { check: true })
  if (stale.length === 0) return examined([])
  return examined([
    {
      code: 'generated.stale',
      severity: 'error',
      says: `${stale.join(', ')} ${stale.length === 1 ? 'is' : 'are'} not what the code says.`,
      fix: 'Run `plinth sync` and commit what it wrote.',
    },
  ])
}

/** Whether every entity has its migration. */
export async function examineMigrations({ folder, filled }: Subject): Promise<Examined> {
  if (!filled.ok) return skipped('the configuration has faults to mend first')
  const { entitiesWithoutMigration } = await import('../db/revision/index.ts')
  const names = await entitiesWithoutMigration(folder.service)
  if (names.length === 0) return examined([])
  return examined([
    {
      code: 'entities.no_migration',
      severity: 'error',
      says: `No migration leads to what is declared: ${names.join(', ')}.`,
      fix: 'Run `plinth db revision -m "…"`, read what it wrote, and commit it.',
    },
  ])
}
