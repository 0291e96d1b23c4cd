import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, mock, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Feature } from '../../packages/plinth/src/feature/index.ts'
import { jobsSettings } from '../../packages/plinth/src/jobs/index.ts'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { startWorld } from '../../packages/plinth/src/testing/index.ts'
import { ROOT, read } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const PAGE = 'docs/guides/jobs.md'
const blocks = blocksOf(PAGE)
const FILES = [...read(PAGE).matchAll(/<!-- file: (\S+) -->/g)].map(([, file = '']) => file)

interface Parcels {
  readonly parcelFeature: Feature
  readonly carrier: { order(): Promise<string> }
}

const folder = await mkdtemp(path.join(tmpdir(), 'plinth-jobs-'))
await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
await writeFile(path.join(folder, 'package.json'), '{"type":"module"}')
const code = blocks.filter(({ language }) => language === 'ts').map((block) => block.code)
const [module = '', tests = ''] = FILES.map((file) => path.join(folder, file))
await mkdir(path.dirname(module), { recursive: true })
for (const [at, file] of [module, tests].entries()) await writeFile(file, code[at] ?? '')
// The page's own tests run as a part of this file.
await import(pathToFileURL(tests).href)
const parcels: Parcels = await import(pathToFileURL(module).href)

let world: World
before(async () => {
  world = await startWorld({ features: [parcels.parcelFeature] })
})
after(async () => {
  await world?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

test('docs/guides/jobs.md: a dead job is found by its reason, and runs again once told to', async () => {
  const [states = '', dead = '', again = ''] = blocks
    .filter(({ language }) => language === 'sql')
    .map((block) => block.code)
  const { platform } = world.database
  const ana = await world.signIn('ana')
  const refuse = mock.method(parcels.carrier, 'order', () => Promise.reject(new Error('closed')))
  await ana.post('/api/v1/parcels', { address: 'Somewhere' })
  for (let attempt = 0; attempt <= 5; attempt += 1) {
    await platform.query('update plinth_jobs.job set start_after = now()')
    assert.equal(await world.drainJobs(), 1)
  }
  refuse.mock.restore()
  const [row] = (await platform.query(states)).rows
  assert.deepEqual(
    { ...row, since: 0 },
    { name: 'parcel.send', state: 'failed', count: '1', since: 0 },
  )
  assert.equal((await platform.query(dead)).rows[0]?.['why'], 'closed')
  await platform.query(again)
  assert.equal(await world.drainJobs(), 1)
  assert.deepEqual((await platform.query(states)).rows, [])
})

test('docs/guides/jobs.md: it names every setting of jobs, with its default', () => {
  const guide = read(PAGE)
  const defaults = jobsSettings.parse({})
  for (const key of Object.keys(defaults).filter((name) => name !== 'poll_interval_ms'))
    assert.ok(guide.includes(`jobs.${key}`), key)
  assert.match(guide, /`jobs\.retry_delay_seconds` \(5\)/)
  assert.match(guide, /`jobs\.retry_delay_max_seconds` \(an hour\)/)
  assert.match(guide, /`jobs\.keep_finished_days` \(7\)/)
  assert.match(guide, /`jobs\.keep_personal_hours` \(24\)/)
  assert.equal(defaults.keep_personal_hours, 24)
  assert.match(guide, /`jobs\.concurrency` \(5\)/)
  assert.match(guide, /`jobs\.drain_timeout_ms` \(20 seconds\)/)
  const { retry_delay_seconds, retry_delay_max_seconds, keep_finished_days } = defaults
  const { concurrency, drain_timeout_ms } = defaults
  assert.deepEqual(
    [retry_delay_seconds, retry_delay_max_seconds, keep_finished_days, concurrency],
    [5, 3_600, 7, 5],
  )
  assert.equal(drain_timeout_ms, 20_000)
})
