import assert from 'node:assert/strict'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { parse } from 'yaml'
import type { GivenValue } from '../../packages/plinth/src/config/index.ts'
import type { Feature } from '../../packages/plinth/src/feature/index.ts'
import { rateLimiterSettings } from '../../packages/plinth/src/http/index.ts'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { startWorld } from '../../packages/plinth/src/testing/index.ts'
import { ROOT, read, repositoryFiles } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const PAGE = 'docs/guides/rate-limits.md'
const guide = read(PAGE)
const blocks = blocksOf(PAGE)
const [service, kit] = blocks.filter(({ language }) => language === 'ts')
const [shown] = blocks.filter(({ language }) => language === 'http')
const [configured] = blocks.filter(({ language }) => language === 'yaml')
const defaults = rateLimiterSettings.parse({})

let folder = ''
let notes: Feature
let startLimited: () => Promise<World>
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plinth-limits-'))
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'))
  await writeFile(path.join(folder, 'notes.ts'), service?.code ?? '')
  await writeFile(path.join(folder, 'kit.ts'), kit?.code ?? '')
  notes = (await import(path.join(folder, 'notes.ts'))).notes
  startLimited = (await import(path.join(folder, 'kit.ts'))).startLimited
})
after(() => rm(folder, { recursive: true, force: true }))

/** A value of the configuration by dotted keys. */
function flat(prefix: string, value: unknown): [string, GivenValue][] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [[prefix, value]]
  if (typeof value !== 'object' || value === null) return [[prefix, null]]
  return Object.entries(value).flatMap(([key, inner]) => flat(`${prefix}.${key}`, inner))
}

const worldWith = (settings: object) =>
  startWorld({
    features: [notes],
    settings: Object.fromEntries(flat('rate_limiter', settings)),
  })

test(`${PAGE}: a route with a limit answers with the headers on the page, and refuses one too many`, async () => {
  await using world = await worldWith(defaults)
  const ana = await world.signIn('ana')
  const answer = await ana.get('/notes')
  assert.equal(answer.status, 200)
  const lines = (shown?.code ?? '').split('\n')
  const [, policy = '', state = ''] = lines
  assert.equal(`RateLimit-Policy: ${answer.headers.get('ratelimit-policy')}`, policy)
  const anyTime = (text: string) => text.replaceAll(/t=\d+/g, 't=')
  assert.equal(anyTime(`RateLimit: ${answer.headers.get('ratelimit')}`), anyTime(state))
  const statuses = []
  for (let at = 0; at < 3; at++) statuses.push((await ana.get('/notes')).status)
  assert.deepEqual(statuses, [200, 200, 429])
  const share = () => ana.post('/notes/share', { email: 'Ben@example.com' })
  assert.deepEqual(
    [(await share()).status, (await share()).status, (await share()).status],
    [202, 202, 429],
  )
  const refused = await ana.get('/notes')
  assert.equal(refused.body['code'], 'http.rate_limited')
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  const metrics = String((await ana.get('/metrics')).body)
  assert.match(metrics, /^plinth_rate_limited_total\{policy="route"\} 2$/m)
  for (const policy of ['address', 'principal', 'key', 'sign-in', 'account', 'route']) {
    assert.ok(guide.includes(`| \`${policy}\` |`), policy)
  }
})

test(`${PAGE}: the configuration on the page is accepted and replaces what the route declares`, async () => {
  await using world = await worldWith(parse(configured?.code ?? '').config.rate_limiter)
  const ana = await world.signIn('ana')
  const statuses = []
  for (let at = 0; at < 3; at++) statuses.push((await ana.get('/notes')).status)
  assert.deepEqual(statuses, [200, 200, 429])
  const share = () => ana.post('/notes/share', { email: 'ben@example.com' })
  assert.deepEqual([(await share()).status, (await share()).status], [202, 429])
  const answer = await ana.get('/auth/web/me')
  assert.equal(
    answer.headers.get('ratelimit-policy'),
    '"address";q=300;w=60, "principal";q=100;w=60',
  )
})

test(`${PAGE}: a world with its own figures is limited by them`, async () => {
  await using world = await startLimited()
  const visitor = world.visitor()
  const statuses = []
  for (let at = 0; at < 6; at++) statuses.push((await visitor.get('/auth/web/me')).status)
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429])
})

test(`${PAGE}: the figures, settings, metrics and files that it names are those of the code`, () => {
  const figure = ({ requests, window_ms }: { requests: number; window_ms: number }) =>
    `${requests.toLocaleString('en')} in ${window_ms / 1_000} s`
  const { per_address, per_principal, failed_credentials, fallback_share } = defaults
  for (const [setting, quota] of Object.entries({
    per_address,
    per_principal,
    failed_credentials,
  })) {
    assert.ok(guide.includes(`| \`rate_limiter.${setting}\` | ${figure(quota)} |`), setting)
  }
  assert.ok(guide.includes(`| \`rate_limiter.requests\`, \`window_ms\` | ${figure(defaults)} |`))
  assert.ok(guide.includes(`\`rate_limiter.fallback_share\` (${fallback_share})`))
  const configuration = read('docs/configuration.md')
  for (const [, name = ''] of guide.matchAll(/`((?:rate_limiter|redis|app)\.[a-z_.]+)`/g)) {
    assert.ok(configuration.includes(name), name)
  }
  const code = repositoryFiles()
    .filter((file) => /^packages\/plinth\/src\/compose\/rate-limit.*(?<!\.test)\.ts$/.test(file))
    .map(read)
    .join('\n')
  for (const [, name = ''] of guide.matchAll(/`(plinth_rate_[a-z_]+)/g)) {
    assert.ok(code.includes(`'${name}'`), name)
  }
  for (const [, target = ''] of guide.matchAll(/\]\(([^)#]+)(?:#\w+)?\)/g)) {
    assert.ok(repositoryFiles().includes(path.posix.join('docs/guides', target)), target)
  }
})
