import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { createTableSql, entity } from './index.ts'

const part = entity('part', { name: z.string().max(200) }, { search: ['name'] })
const [ROWS, SMALL, ROWS_EACH] = [100_000, 100, 500]
const large = newId<'tenant'>()
const small = newId<'tenant'>()

/** Most blocks of 8 KiB that one search may read; walking the large tenant reads a hundred times more. */
const MOST_BLOCKS = 1_000

let database: Awaited<ReturnType<typeof openTestDatabase>>
let admin: Client
before(async () => {
  database = await openTestDatabase({ sql: createTableSql(part) })
  admin = new Client(database.adminUrl)
  await admin.connect()
  // `lamp` is common in the many and rare in the large one; `red` is the other way round.
  await admin.query(
    `insert into app.parts (id, tenant_id, name)
       select md5(i::text)::uuid, $1, concat('item ', md5(i::text),
              case when i % 3 = 0 then ' red' end, case when i % 5000 = 0 then ' lamp' end)
         from generate_series(1, ${ROWS}) i`,
    [large],
  )
  await admin.query(
    `insert into app.parts (id, tenant_id, name)
       select md5((-i)::text)::uuid,
              case when i % ${SMALL} = 0 then $1 else md5((i % ${SMALL})::text)::uuid end,
              concat('item ', md5(i::text), case when i % 2 = 0 then ' lamp' end,
                     case when i % 99 = 0 then ' red' end)
         from generate_series(1, ${SMALL * ROWS_EACH}) i`,
    [small],
  )
  await admin.query('vacuum analyze app.parts')
})
after(async () => {
  await admin.end()
  await database[Symbol.asyncDispose]()
})

test('a search reads few blocks, however common its words are here or elsewhere', async () => {
  const found: Record<string, number> = {}
  for (const [name, tenant] of Object.entries({ large, small })) {
    for (const words of ['item', 'red', 'lamp', 'red lamp', 'item red', 'nowhere']) {
      const { rows, blocks } = await searched(tenant, words)
      found[`${name} ${words}`] = rows
      assert.ok(blocks <= MOST_BLOCKS, `${name} tenant, "${words}": ${blocks} blocks`)
    }
  }
  assert.deepEqual(found, {
    'large item': 51,
    'large red': 51,
    'large lamp': 20,
    'large red lamp': 6,
    'large item red': 51,
    'large nowhere': 0,
    'small item': 51,
    'small red': 5,
    'small lamp': 51,
    'small red lamp': 5,
    'small item red': 5,
    'small nowhere': 0,
  })
})

/** What one call of the search function found and read, counted by the server itself. */
async function searched(
  tenant: string,
  words: string,
): Promise<{ readonly rows: number; readonly blocks: number }> {
  await admin.query('begin')
  try {
    await admin.query('set local role plinth_app')
    await admin.query(`select set_config('plinth.tenant_id', $1, true)`, [tenant])
    // Once without counting: the first call of a connection reads the catalogue.
    await admin.query('select app.parts_search($1, 51)', [words])
    const { rows } = await admin.query<{ 'QUERY PLAN': readonly Explained[] }>(
      `explain (analyze, buffers, timing off, format json) select app.parts_search($1, 51)`,
      [words],
    )
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
    assert.ok(plan)
    const { 'Shared Hit Blocks': hit, 'Shared Read Blocks': read, 'Actual Rows': actual } = plan
    return { rows: actual, blocks: hit + read }
  } finally {
    await admin.query('rollback')
  }
}

interface Explained {
  readonly Plan: {
    readonly 'Shared Hit Blocks': number
    readonly 'Shared Read Blocks': number
    readonly 'Actual Rows': number
  }
}
