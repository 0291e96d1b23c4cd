import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'
import { loadBlock } from './load-block.ts'

const PAGE = 'docs/guides/authentication.md'
const guide = read(PAGE)

test(`${PAGE}: its eleven sections`, () => {
  const sections = [...guide.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
  assert.deepEqual(sections, [
    'Overview',
    'External authentication',
    'JWT',
    'OAuth2 and OpenID Connect',
    'API keys',
    'Multi-tenancy',
    'Permissions',
    'Configuration',
    'Examples',
    'Best practices',
    'Troubleshooting',
  ])
})

test(`${PAGE}: its settings are accepted as they stand there`, async () => {
  const [block] = blocksOf(PAGE).filter(({ language }) => language === 'yaml')
  const { accounts, mfa, tokens, sessions, tenancy } = await loadBlock(block?.code ?? '')
  assert.deepEqual(
    [accounts.registration, mfa.required_roles, tokens.access_ttl_minutes],
    ['open', ['owner', 'admin', 'platform'], 10],
  )
  assert.deepEqual([sessions.max_per_person, tenancy.mode], [5, 'personal'])
})

test(`${PAGE}: every code under Troubleshooting has the status that it is given`, () => {
  const errors = read('docs/errors.md')
  const rows = [...guide.matchAll(/^\| (\d{3}) `([\w.]+)` \|/gm)]
  assert.equal(rows.length, 16)
  for (const [, status, code] of rows)
    assert.ok(errors.includes(`| \`${code}\` | ${status} |`), `${status} ${code}`)
})

test(`${PAGE}: the names of code are exported where it says`, async () => {
  const rows = [...guide.matchAll(/^\| .+ \| ((?:`\w+`(?:, )?)+) \| `(plinth\/\w+)` \|$/gm)]
  assert.equal(rows.length, 6)
  for (const [, names = '', room = ''] of rows) {
    const exported: object = await import(room)
    for (const [, name = ''] of names.matchAll(/`(\w+)`/g)) assert.ok(name in exported, name)
  }
})
