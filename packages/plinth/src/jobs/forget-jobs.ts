import type { PlatformTx, Tx } from '../data/index.ts'
import type { Id } from '../kernel/index.ts'

/**
 * Removes every job of a tenant, whatever its state. One that runs at the moment finds its row gone
 * when it ends, and rolls back.
 * @returns how many there were
 */
export async function forgetJobs(tx: Tx, tenant: Id<'tenant'>): Promise<number> {
  const { rowCount } = await tx.query("delete from plinth_jobs.job where data ->> 'tenant' = $1", [
    tenant,
  ])
  return rowCount
}

/** A job by something that its input says. */
export interface JobsAbout {
  readonly name: string
  /** Where in the input: `['to', 'address']`. */
  readonly path: readonly string[]
  /** What is there, in lower case. */
  readonly values: readonly string[]
}

/** Removes jobs by something that their input says, whatever their state. */
export async function forgetJobsAbout(
  tx: PlatformTx,
  { name, path, values }: JobsAbout,
): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from plinth_jobs.job
      where name = $1 and lower(data -> 'input' #>> $2::text[]) = any ($3::text[])`,
    [name, path, values],
  )
  return rowCount
}
