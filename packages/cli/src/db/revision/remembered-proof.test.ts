import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { entity } from 'plinth'
import { z } from 'zod'
import type { Compared } from './remembered-proof.ts'
import { isProved, rememberProof } from './remembered-proof.ts'

const crate = entity('crate', { name: z.string() })
const other = entity('crate', { name: z.string().max(20) })

let compared: Compared
before(() => {
  const service = mkdtempSync(join(tmpdir(), 'plinth-proof-'))
  const folder = join(service, 'migrations')
  mkdirSync(folder)
  for (const file of ['package.json', 'config.yaml']) writeFileSync(join(service, file), '')
  write(folder, '0001_crate')
  compared = { service, folder, entities: [crate] }
})
after(() => rmSync(compared.service, { recursive: true, force: true }))

function write(folder: string, name: string, up = 'create table app.crates ();'): void {
  writeFileSync(join(folder, `${name}.up.sql`), `-- after: nothing\n\n${up}`)
  writeFileSync(join(folder, `${name}.down.sql`), '')
}

test('what was proved holds until a migration or a declaration is another', async () => {
  assert.equal(await isProved(compared), false)
  await rememberProof(compared)
  assert.equal(await isProved(compared), true)

  assert.equal(await isProved({ ...compared, entities: [other] }), false)
  assert.equal(await isProved({ ...compared, entities: [crate, entity('box', {})] }), false)
  assert.equal(await isProved({ ...compared, entities: [] }), false)

  write(compared.folder, '0001_crate', 'create table app.boxes ();')
  assert.equal(await isProved(compared), false)
  write(compared.folder, '0001_crate')
  assert.equal(await isProved(compared), true)
  write(compared.folder, '0002_more')
  assert.equal(await isProved(compared), false)
})
