import { createHash } from 'node:crypto'
import { Client } from 'pg'
import type { World } from '../../packages/plinth/src/testing/index.ts'

// Refusals are written down, and starting to sign in is what GET /auth/web/login is for.
const NOT_COMPARED = ['audit_events', 'pending_logins']

/** A hash over every row of the platform and of the service: equal when nothing was changed. */
export async function checksum(world: World): Promise<string> {
  const client = new Client(world.testDatabase.adminUrl)
  await client.connect()
  try {
    const hash = createHash('sha256')
    for (const table of await tablesOf(client)) {
      const { rows } = await client.query(`select t::text as row from ${table} t order by 1`)
      hash.update(JSON.stringify([table, rows]))
    }
    return hash.digest('hex')
  } finally {
    await client.end()
  }
}

async function tablesOf(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_catalog.pg_tables
      where schemaname in ('plinth', 'app') and not tablename = any($1)
        and tablename not like 'audit\\_events%' order by 1`,
    [NOT_COMPARED],
  )
  return rows.map(({ name }) => name)
}
