import { createHash } from 'node:crypto'
import { Client } from 'pg'
import type { World } from '../../packages/plinth/src/testing/index.ts'

// Refusals are written down, and starting to sign in is what GET /auth/web/login is for.
const NOT_COMPARED = ['audit_events', 'pending_logins']

// Written at most once a minute by a request that is let in, whatever it asks.
const USE = ['last_seen_at', 'last_used_at']
// A session lasts from its use on.
const USE_OF_SESSIONS = [...USE, 'expires_at']

/** A hash of the rows of every table of the platform and of the service: equal when nothing was changed. */
export async function checksum(world: World): Promise<string> {
  const client = new Client(world.testDatabase.adminUrl)
  await client.connect()
  try {
    const hashes: string[] = []
    for (const table of await tablesOf(client)) {
      const text = `select (to_jsonb(t) - $1::text[])::text as row from ${table} t order by 1`
      const { rows } = await client.query(text, [
        table === 'plinth.sessions' ? USE_OF_SESSIONS : USE,
      ])
      const hash = createHash('sha256').update(JSON.stringify(rows)).digest('hex')
      hashes.push(`${table} ${hash}`)
    }
    return hashes.join('\n')
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
