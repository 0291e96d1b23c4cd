export { catalogueFaults } from './catalogue/catalogue-faults.ts'
export type { Consumable, ConsumableKey, ConsumedColumn } from './consume.ts'
export { consume } from './consume.ts'
export { dataProblems } from './data.errors.ts'
export type { DatabaseSettings } from './database.settings.ts'
export { databaseSettings } from './database.settings.ts'
export type { DatabaseAddress, SslMode } from './database-url.ts'
export { parseDatabaseUrl } from './database-url.ts'
export type {
  Database,
  DatabaseStatistics,
  Db,
  PlatformDb,
  PlatformTx,
  Queryable,
  Rows,
  Statement,
  SystemContext,
  TransactionOptions,
  Tx,
} from './db.ts'
export type { DbLog } from './db-log.ts'
export type {
  AnyEntity,
  BaseRow,
  Changes,
  Column,
  Declaration,
  Entity,
  EntityAccess,
  EntityOptions,
  Expanded,
  Expansion,
  Filter,
  FilterField,
  ListOptions,
  MayRefer,
  MigrationText,
  NewRow,
  Operator,
  Ownership,
  Page,
  PlatformRow,
  PlatformTable,
  Row,
  RowOf,
  Rule,
  Scope,
  Shape,
  Shown,
  SortField,
  UpdateOptions,
  VersionDemand,
} from './entity/index.ts'
export {
  bigint,
  bytes,
  createTableSql,
  decimal,
  declarationFaults,
  demandedVersion,
  dropTableSql,
  entity,
  entityProblems,
  etagOf,
  filterFields,
  foreignKeySql,
  isName,
  isPlainJson,
  isStoredJson,
  json,
  jsonObject,
  listOrder,
  MOST_SORT_FIELDS,
  meetsDemand,
  migrationFor,
  migrationForAll,
  money,
  oneFaultEach,
  platformTable,
  platformTableFaults,
  pluralOf,
  query,
  readCursor,
  ref,
  sqlName,
  timestamp,
  whyNotFiltered,
  withArticle,
  withoutPii,
  writeCursor,
} from './entity/index.ts'
export type { Hearing, Listener } from './listen/listener.ts'
export { historyTables } from './migrations/history.tables.ts'
export type { Applied } from './migrations/history.ts'
export { HISTORY_SQL } from './migrations/history.ts'
export type { MigrateOptions, MigrateResult } from './migrations/migrate.ts'
export { migrate } from './migrations/migrate.ts'
export { afterLine, chainFault } from './migrations/migration-chain.ts'
export { onConnection } from './migrations/migration-client.ts'
export type { Migration } from './migrations/migration-files.ts'
export { PLATFORM_MIGRATIONS, readMigrations } from './migrations/migration-files.ts'
export type { MigrationStatus } from './migrations/migration-status.ts'
export { migrationHeads, migrationStatus } from './migrations/migration-status.ts'
export { NO_TRANSACTION } from './migrations/no-transaction.ts'
export type { Renumbered } from './migrations/renumber.ts'
export { renumbered } from './migrations/renumber.ts'
export { codeOf, statementsOf } from './migrations/sql-text.ts'
export { stampMigrations } from './migrations/stamp.ts'
export type { DatabaseOptions } from './open-database.ts'
export { openDatabase } from './open-database.ts'
export type { Caller, Outbox, OutboxMessage } from './outbox.ts'
export { ownerConnection } from './owner-connection.ts'
export { directConnectionConfig } from './pool/connection-config.ts'
export type { LoginRoles } from './roles/role-names.ts'
export { loginRolesOf, roles, schemas } from './roles/role-names.ts'
export type { RoleStanding } from './roles/role-standing.ts'
export { roleStanding } from './roles/role-standing.ts'
export type { SetupOptions, SetupResult } from './roles/setup-roles.ts'
export { setupRoles } from './roles/setup-roles.ts'
export { SqlFault } from './sql-fault.ts'
