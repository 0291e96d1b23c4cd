import assert from 'node:assert/strict'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { scratchService } from '../entity/scratch-service.fixture.ts'
import { devFolder } from './dev-folder.ts'
import { syncBeforeStart } from './sync-before-start.ts'

const service = scratchService('src/generated/registry.ts')
after(() => service.remove())

const folder = devFolder(service.folder)
const registry = join(service.folder, 'src/generated/registry.ts')
const about = join(service.folder, 'src/pages/about.ts')

test('the registry follows modules that come and go, and is left alone otherwise', async () => {
  await syncBeforeStart(folder)
  const first = readFileSync(registry, 'utf8')
  assert.match(first, /productFeature/)
  const { mtimeMs } = statSync(join(folder.home, 'sync.json'))
  await syncBeforeStart(folder)
  assert.equal(statSync(join(folder.home, 'sync.json')).mtimeMs, mtimeMs)

  writeFileSync(
    about,
    "import { feature } from 'plinth'\nexport const about = feature('about', {})\n",
  )
  await syncBeforeStart(folder)
  assert.match(readFileSync(registry, 'utf8'), /import \{ about \} from '\.\.\/pages\/about\.ts'/)
  rmSync(about)
  await syncBeforeStart(folder)
  assert.equal(readFileSync(registry, 'utf8'), first)
})

test('a module that cannot be imported is named, and the next start tries again', async () => {
  writeFileSync(about, "throw new Error('not yet')\n")
  const named = {
    name: 'CliError',
    message: /^src\/pages\/about\.ts:\d+ cannot be imported: not yet\./,
  }
  await assert.rejects(syncBeforeStart(folder), named)
  await assert.rejects(syncBeforeStart(folder), named)
  rmSync(about)
  await syncBeforeStart(folder)
})
