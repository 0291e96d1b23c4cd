import type {
  CompiledQuery,
  DatabaseConnection,
  Dialect,
  DialectAdapter,
  Driver,
  QueryCompiler,
  QueryResult,
} from 'kysely'
import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Db } from '../../db.ts'

const adapter = new PostgresAdapter()
const compiler = new PostgresQueryCompiler()

/** Kysely's PostgreSQL over a `Db` or `Tx`: no pool of its own, so no way around the tenant. */
export class DoorDialect implements Dialect {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  createAdapter(): DialectAdapter {
    return adapter
  }

  createDriver(): Driver {
    return new DoorDriver(this.#db)
  }

  createQueryCompiler(): QueryCompiler {
    return compiler
  }

  createIntrospector: Dialect['createIntrospector'] = (kysely) => new PostgresIntrospector(kysely)
}

class DoorDriver implements Driver {
  readonly #connection: DatabaseConnection

  constructor(db: Db) {
    this.#connection = new DoorConnection(db)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async beginTransaction(): Promise<void> {
    throw new TypeError('open a transaction with db.transaction(…) and say query(tx, …) inside')
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

class DoorConnection implements DatabaseConnection {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, rowCount } = await this.#db.query<R>(sql, parameters)
    return { rows: [...rows], numAffectedRows: BigInt(rowCount) }
  }

  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new TypeError('a query through Db is not streamed; page it, or use a cursor on tx.client')
  }
}
