// A program: `node idle-keeper.ts <home> <seconds>`. Started by keepUntilIdle().
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { ensurePostgres } from './ensure-postgres.ts'

const CHECK_MS = 2_000

const COUNT = `select count(*)::int as others from pg_catalog.pg_stat_activity
                where backend_type = 'client backend' and pid <> pg_backend_pid()`

async function keep(dataDir: string, seconds: number): Promise<void> {
  const server = await ensurePostgres({ dataDir })
  let usedAt = performance.now()
  while (performance.now() - usedAt < seconds * 1_000) {
    await sleep(CHECK_MS)
    if (await isUsed(server.adminUrl)) usedAt = performance.now()
  }
  await server.remove()
}

async function isUsed(url: string): Promise<boolean> {
  const client = new Client(url)
  await client.connect()
  try {
    const { rows } = await client.query<{ others: number }>(COUNT)
    return rows[0]?.others !== 0
  } finally {
    await client.end()
  }
}

const [home, seconds] = process.argv.slice(2)
// A server that somebody else stopped needs no keeper.
keep(String(home), Number(seconds)).catch(() => process.exit(0))
