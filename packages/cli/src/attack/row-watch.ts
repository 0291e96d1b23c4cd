import type { AnyEntity } from 'plinth/data'
import { onConnection } from 'plinth/data'
import { tableOf } from './row-state.ts'

/** Whether any row is another than at the last look; true at the first one. */
export type HaveChanged = () => Promise<boolean>

/**
 * Lends a look at all rows of some entities, whoever's they are. Most requests of an attack change none,
 * and a digest that the database makes tells so in one answer, where reading takes two transactions.
 * @param url of a role that row-level security does not bind: what moves to a third tenant counts too
 */
export function watchingRows<T>(
  url: string,
  entities: readonly AnyEntity[],
  work: (haveChanged: HaveChanged) => Promise<T>,
): Promise<T> {
  const text = entities.map(digestOf).join(' union all ')
  return onConnection({ url }, (connection) => {
    let last: string | undefined
    return work(async () => {
      if (text === '') return false
      const { rows } = await connection.query<{ digest: string }>({ name: 'look', text })
      const now = rows.map(({ digest }) => digest).join()
      const changed = now !== last
      last = now
      return changed
    })
  })
}

/** What the rows hold, and not who wrote them last: a table may be a view. */
function digestOf({ declaration }: AnyEntity): string {
  const key = `t."${declaration.key.replaceAll('"', '""')}"`
  return `select coalesce(md5(string_agg(t::text, chr(10) order by ${key})), '') as digest from ${tableOf(declaration)} t`
}
