import type { ConstructorOptions, Db, JobWithMetadata, PgBoss } from 'pg-boss'
import type { Database, PlatformTx } from '../data/index.ts'
import type { Log } from '../telemetry/index.ts'
import { JOBS_SCHEMA } from './queue.ts'

/** A job that a worker has claimed. */
export type ClaimedJob = JobWithMetadata<object>

/** pg-boss over the platform's own connections. */
export type Boss = PgBoss

/** What this process's pg-boss does beside taking jobs. */
export interface BossOptions {
  readonly database: Database
  readonly log: Log
  /** Whether it looks after abandoned and old jobs, and fires schedules. */
  readonly caretaker: boolean
}

/** How often jobs are removed that were kept long enough. */
const REMOVE_EVERY_SECONDS = 3_600

/** Opens pg-boss; it connects when it is started. Its schema comes from our migrations. */
export async function openBoss({ database, log, caretaker }: BossOptions): Promise<Boss> {
  const { PgBoss } = await import('pg-boss')
  const errors = reportOnce(log)
  const options: ConstructorOptions = {
    db: bossDb(database, errors.over),
    schema: JOBS_SCHEMA,
    // The owner makes and changes the schema (plinth db upgrade); this role may not.
    migrate: false,
    createSchema: false,
    reindex: false,
    monitorVacuum: false,
    supervise: caretaker,
    superviseIntervalSeconds: 30,
    // Once a day by itself, which would keep for a day what is to be gone after hours.
    maintenanceIntervalSeconds: REMOVE_EVERY_SECONDS,
    schedule: caretaker,
    cronWorkerIntervalSeconds: 1,
  }
  const boss = new PgBoss(options)
  boss.on('error', errors.report)
  boss.on('warning', ({ message }) => log.warn({ warning: message }, 'The job queue warns.'))
  return boss
}

/** Says an error once until a statement succeeds: pg-boss tries again every second, and fails as often. */
function reportOnce(log: Log) {
  let told: string | undefined
  return {
    // What pg-boss hands over is a copy of the error, which is no Error, with its worker in the sentence.
    report: ({ message, ...more }: Error & { readonly code?: unknown }) => {
      const reason = message.replace(/ \(Queue: [^)]*\)$/, '')
      if (reason === told) return
      told = reason
      log.warn({ problem: more.code, reason }, 'The job queue had an error and goes on.')
    },
    over: () => {
      told = undefined
    },
  }
}

// pg-boss wraps what has to be atomic in its own BEGIN and COMMIT, several statements in one text.
const WRAPPED = /^\s*BEGIN;([\s\S]*?)COMMIT;?\s*$/

/** The platform's connections in the form that pg-boss asks for. */
function bossDb(database: Database, succeeded: () => void): Db {
  const run = async (text: string, values?: unknown[]) => {
    const [, inside] = WRAPPED.exec(text) ?? []
    if (inside === undefined && values !== undefined) {
      const { rows } = await database.platform.query(text, values)
      return { rows: [...rows] }
    }
    return database.platform.transaction((tx) =>
      inTransaction(tx).executeSql(inside ?? text, values),
    )
  }
  return {
    executeSql: async (text, values) => {
      const answer = await run(text, values)
      succeeded()
      return answer
    },
  }
}

/** An open transaction in that form: what pg-boss does through it commits with the transaction. */
export function inTransaction(tx: PlatformTx): Db {
  return {
    executeSql: async (text, values) => {
      const answer: unknown = await tx.client.query(
        text,
        values === undefined ? undefined : [...values],
      )
      // Several statements in one text are answered by several results.
      return { rows: [answer].flat().flatMap(rowsOf) }
    },
  }
}

function rowsOf(result: unknown): unknown[] {
  if (typeof result !== 'object' || result === null || !('rows' in result)) return []
  return Array.isArray(result.rows) ? result.rows : []
}
