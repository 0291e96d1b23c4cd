import type { PoolClient } from 'pg'
import type { Statement } from '../db.ts'
import { isStalePlan } from '../sql-fault.ts'
import { preparedNamesOf } from './prepared-names.ts'
import { TenantQuery } from './tenant-query.ts'
import type { AnyRows, Wire } from './wire.ts'

/** One round trip for everything, on the inside of pg. The self-test watches over it. */
export function oneSync(prepared: boolean): Wire {
  const send = (client: PoolClient, statements: readonly Statement[]) =>
    new Promise<readonly AnyRows[]>((resolve, reject) => {
      client.query(
        new TenantQuery(statements, prepared, (error, results) => {
          if (error === null && results !== undefined) resolve(results)
          else reject(error)
        }),
      )
    })
  const inside: Wire['inside'] = async (client, statements) => {
    try {
      return await send(client, statements)
    } catch (error) {
      // What comes next on this connection runs under new names.
      if (isStalePlan(error)) preparedNamesOf(client.connection).dropAll()
      throw error
    }
  }
  return {
    name: 'one-sync',
    extra: { trips: 0, statements: 0 },
    pipeline: false,
    inside,
    async unit(client, statements) {
      try {
        return await inside(client, statements)
      } catch (error) {
        if (!isStalePlan(error)) throw error
        // The whole unit was rolled back, so it may run again.
        return inside(client, statements)
      }
    },
  }
}
