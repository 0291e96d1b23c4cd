import { createRequire } from 'node:module'
import type { Kysely, RawBuilder } from 'kysely'

/**
 * The SQL text of a `check`, as it stands in CREATE TABLE.
 * @throws TypeError when it carries values: a table's condition has no parameters
 */
export function ruleSql(expression: RawBuilder<unknown>): string {
  const { sql, parameters } = expression.compile(createCompiler())
  if (parameters.length === 0) return sql
  throw new TypeError('a check has no parameters; write the value into the SQL, or say sql.lit(…)')
}

/** A Kysely that only compiles. Loaded here: who writes a check has loaded Kysely's `sql` anyway. */
function createCompiler(): Kysely<Record<never, never>> {
  const require = createRequire(import.meta.url)
  const kysely: typeof import('kysely') = require('kysely')
  return new kysely.Kysely({
    dialect: {
      createAdapter: () => new kysely.PostgresAdapter(),
      createDriver: () => new kysely.DummyDriver(),
      createIntrospector: (db) => new kysely.PostgresIntrospector(db),
      createQueryCompiler: () => new kysely.PostgresQueryCompiler(),
    },
  })
}
