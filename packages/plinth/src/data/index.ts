export type {
  Database,
  Db,
  PlatformDb,
  PlatformTx,
  Queryable,
  Rows,
  Statement,
  Tx,
} from './db.ts'
export type { AnyEntity } from './entity/index.ts'
export type { Outbox, OutboxMessage } from './outbox.ts'
