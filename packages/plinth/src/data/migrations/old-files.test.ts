import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { chainFault, headsOf } from './migration-chain.ts'
import { readMigrations } from './migration-files.ts'

test('files from before the first line named a predecessor are in line, and new ones go on from them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-old-migrations-'))
  try {
    const put = async (name: string, up: string) => {
      await writeFile(join(folder, `${name}.up.sql`), up)
      await writeFile(join(folder, `${name}.down.sql`), '')
    }
    await put('0001_one', 'select 1;')
    await put('0002_two', 'select 2;')
    const old = await readMigrations(folder)
    assert.deepEqual(
      [chainFault(old), headsOf(old).map(({ name }) => name)],
      [undefined, ['0002_two']],
    )
    await put('0003_three', '-- after: 0002_two\nselect 3;')
    assert.equal(chainFault(await readMigrations(folder)), undefined)
    await put('0004_bare', 'select 4;')
    assert.match(chainFault(await readMigrations(folder)) ?? '', /^0004_bare\.up\.sql must begin/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
