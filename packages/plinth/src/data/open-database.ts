import type { Clock } from '../kernel/index.ts'
import { deriveKey, newToken, Secret } from '../kernel/index.ts'
import type { DatabaseSettings } from './database.settings.ts'
import type { Database } from './db.ts'
import type { DbLog } from './db-log.ts'
import { platformDoor, tenantDoor } from './doors/doors.ts'
import { systemContext } from './doors/system-context.ts'
import { openListeners } from './listen/listener.ts'
import type { Outbox } from './outbox.ts'
import { type Line, type LineOptions, openLine } from './pool/line.ts'
import { unavailable } from './sql-fault.ts'

/** What a database is opened with. */
export interface DatabaseOptions extends Pick<LineOptions, 'wires' | 'onStatements'> {
  readonly settings: DatabaseSettings
  readonly clock: Clock
  readonly log: DbLog
  /**
   * What the cursors of lists are sealed with: the same in every process of a service. Without it a
   * cursor is good in this process only.
   */
  readonly cursorSecret?: Secret
  /** Where transactions enqueue; asked at each use, because the outbox needs the database. */
  readonly outbox?: () => Outbox
}

/** Opens the database of a process. Connects when it is first used, and again whenever it must. */
export function openDatabase(options: DatabaseOptions): Database {
  const line = openLine(options)
  const outbox = options.outbox ?? noOutbox
  const listeners = openListeners(options)
  const cursorKey = deriveKey(options.cursorSecret ?? new Secret(newToken()), 'cursor')
  const parts = { line, outbox, cursorKey, clock: options.clock }
  const platform = platformDoor(parts)
  const forTenant: Database['forTenant'] = (tenant, caller) => tenantDoor(parts, tenant, caller)
  return {
    platform,
    forTenant,
    system: (reason) => systemContext({ platform, forTenant, clock: options.clock }, reason),
    ping: pinger(line, options.settings.connect_timeout_ms),
    listen: (channel, hearing) => listeners.listen(channel, hearing),
    async close() {
      listeners.close()
      await line.close()
    },
    get statistics() {
      return line.counts()
    },
  }
}

/** Callers share one question: a server that hangs would else be asked on every connection. */
function pinger(line: Line, patienceMs: number): () => Promise<void> {
  let asked: Promise<unknown> | undefined
  return async () => {
    asked ??= line.unit([{ text: 'select 1' }]).finally(() => {
      asked = undefined
    })
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unavailable(new Error('no answer to a ping'))), patienceMs)
    })
    await Promise.race([asked, late]).finally(() => clearTimeout(timer))
  }
}

function noOutbox(): never {
  throw new TypeError('this database was opened without an outbox: no job can be enqueued here')
}
