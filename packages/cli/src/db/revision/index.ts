export { entitiesWithoutMigration } from './entities-without-migration.ts'
export type { RevisionRequest, RevisionResult } from './write-revision.ts'
export { writeRevision } from './write-revision.ts'
