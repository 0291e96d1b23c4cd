export type { Postgres, PostgresOptions } from './ensure-postgres.ts'
export { ensurePostgres } from './ensure-postgres.ts'
