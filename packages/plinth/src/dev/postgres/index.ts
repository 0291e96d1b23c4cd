export type { Postgres, PostgresOptions } from './ensure-postgres.ts'
export { ensurePostgres, hasPostgres } from './ensure-postgres.ts'
export { quickPlace } from './quick-place.ts'
