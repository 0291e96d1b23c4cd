import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { placeInService, writeNew } from './safe-place.ts'

const service = mkdtempSync(join(tmpdir(), 'plinth-place-'))
after(() => rmSync(service, { recursive: true }))

test('HI-24 a file that is there, or a link to where none is, is never written', async () => {
  writeFileSync(join(service, 'there.ts'), 'kept')
  symlinkSync(join(service, 'nowhere.ts'), join(service, 'link.ts'))
  for (const file of ['there.ts', 'link.ts']) {
    const files = [
      { file: 'new.ts', text: 'new' },
      { file, text: 'lost' },
    ]
    await assert.rejects(writeNew(service, files), { name: 'CliError', exitCode: 2 })
  }
  assert.equal(readFileSync(join(service, 'there.ts'), 'utf8'), 'kept')
  assert.throws(() => readFileSync(join(service, 'nowhere.ts')), { code: 'ENOENT' })
  assert.throws(() => readFileSync(join(service, 'new.ts')), { code: 'ENOENT' })
})

test('HI-24 no path leads above the service', () => {
  for (const file of ['../x.ts', 'src/../../x.ts', '../../etc/x'])
    assert.throws(() => placeInService(service, file), { name: 'CliError', exitCode: 2 }, file)
  assert.equal(placeInService(service, 'a/b.ts').endsWith('/a/b.ts'), true)
})
