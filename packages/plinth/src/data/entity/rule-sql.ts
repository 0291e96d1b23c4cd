import type { RawBuilder } from 'kysely'
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'

// Only compiles; it has no connection to run anything on.
const compiler = new Kysely<Record<never, never>>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/**
 * The SQL text of a `check`, as it stands in CREATE TABLE.
 * @throws TypeError when it carries values: a table's condition has no parameters
 */
export function ruleSql(expression: RawBuilder<unknown>): string {
  const { sql, parameters } = expression.compile(compiler)
  if (parameters.length === 0) return sql
  throw new TypeError('a check has no parameters; write the value into the SQL, or say sql.lit(…)')
}
