import type { Db, Statement } from 'plinth/data'
import type { ExplainedStatement } from './why-report.ts'

const PLANNED = /^\s*(select|insert|update|delete|with|merge|values)\b/i
const SETTING = /\bset_config\s*\(/i
const UNDONE = 'explained'

/**
 * The plan of each statement as the app role gets it in a tenant, so below row-level security. Whole
 * reads of a table are priced out: a plan that still has one has no index to go by. Nothing runs.
 */
export async function explain(
  db: Db,
  statements: readonly Statement[],
): Promise<readonly ExplainedStatement[]> {
  const explained: ExplainedStatement[] = []
  for (const statement of statements) {
    const text = statement.text.replaceAll(/\s+/g, ' ').trim()
    const plan = PLANNED.test(text) && !SETTING.test(text) ? await planOf(db, statement) : []
    explained.push({ text, plan, scans: plan.some((line) => line.includes('Seq Scan')) })
  }
  return explained
}

async function planOf(db: Db, { text, values = [] }: Statement): Promise<readonly string[]> {
  let plan: readonly string[] = []
  try {
    await db.transaction(async (tx) => {
      await tx.query('set local enable_seqscan = off')
      const { rows } = await tx.query<{ 'QUERY PLAN': string }>(
        `explain (costs off) ${text}`,
        values,
      )
      plan = rows.map((row) => row['QUERY PLAN'])
      throw new Error(UNDONE)
    })
  } catch (error) {
    if (!(error instanceof Error) || error.message !== UNDONE)
      return [`no plan: ${error instanceof Error ? error.message : String(error)}`]
  }
  return plan
}
