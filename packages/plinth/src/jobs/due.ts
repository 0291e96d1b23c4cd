import type { Queryable } from '../data/index.ts'

// Looks at one index entry for each queue, however long the queues are.
const DUE = `SELECT q.name FROM unnest($1::text[]) AS q(name)
  WHERE EXISTS (SELECT 1 FROM plinth_jobs.job j
    WHERE j.name = q.name AND j.state < 'active' AND NOT j.blocked AND j.start_after <= now())`

/** Names of the queues in which a job waits to be run now. */
export async function dueQueues(
  db: Queryable,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return []
  const { rows } = await db.query<{ name: string }>(DUE, [names])
  return rows.map(({ name }) => name)
}
