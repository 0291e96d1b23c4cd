export { bigint } from './bigint.ts'
export { declarationFaults } from './catalogue/declaration-faults.ts'
export { platformTableFaults } from './catalogue/platform-table-faults.ts'
export type { Column } from './column.ts'
export { readCursor, writeCursor } from './cursor.ts'
export { createTableSql, dropTableSql } from './ddl/create-table.ts'
export { foreignKeySql } from './ddl/foreign-key.ts'
export type { MigrationText } from './ddl/migration.ts'
export { migrationFor, migrationForAll } from './ddl/migration.ts'
export { decimal } from './decimal.ts'
export type { Declaration } from './declaration.ts'
export { entityProblems } from './entity.errors.ts'
export type { AnyEntity, Entity, EntityAccess, Row, Shown } from './entity.ts'
export { entity } from './entity.ts'
export { json, jsonObject } from './json.ts'
export type {
  Expanded,
  Expansion,
  Filter,
  ListOptions,
  Page,
  Scope,
  SortField,
} from './list/list-options.ts'
export { listOrder, MOST_SORT_FIELDS } from './list/list-order.ts'
export type { FilterField } from './list/supported-fields.ts'
export { filterFields, whyNotFiltered } from './list/supported-fields.ts'
export { money } from './money.ts'
export { isName, plain as sqlName } from './names.ts'
export { oneFaultEach } from './one-fault.ts'
export type { UpdateOptions } from './operations.ts'
export type { Operator } from './operators.ts'
export type { EntityOptions, Rule } from './options.ts'
export { isPlainJson } from './plain-json.ts'
export type { PlatformRow, PlatformTable } from './platform-table.ts'
export { bytes, platformTable } from './platform-table.ts'
export { pluralOf } from './plural.ts'
export type { VersionDemand } from './precondition.ts'
export { demandedVersion, etagOf, meetsDemand } from './precondition.ts'
export { query } from './query/query.ts'
export { ref } from './ref.ts'
export type { BaseRow, Changes, NewRow, Ownership, RowOf, Shape } from './row.ts'
export { timestamp } from './timestamp.ts'
export { withoutPii } from './without-pii.ts'
