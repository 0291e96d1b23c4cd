import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { ConfigRefused } from '../../packages/plinth/src/compose/load-service-config.ts'
import type { ServiceConfig } from '../../packages/plinth/src/compose/settings.ts'
import { signInChoices } from '../../packages/plinth/src/identity/index.ts'
import { read, repositoryFiles } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'
import { loadBlock } from './load-block.ts'

const PAGE = 'docs/guides/sign-in.md'
const guide = read(PAGE)
const blocks = blocksOf(PAGE).filter(({ language }) => language === 'yaml')

const labels = ({ oidc }: ServiceConfig, production = false) =>
  signInChoices(oidc, production).map(({ label }) => label)

test('docs/guides/sign-in.md: every configuration block is accepted, and offers what it says', async () => {
  const offered = await Promise.all(blocks.map(async ({ code }) => labels(await loadBlock(code))))
  assert.deepEqual(offered, [
    ['Keycloak'],
    ['Google'],
    ['Microsoft'],
    ['Microsoft'],
    ['GitHub'],
    ['Acme SSO'],
    [],
    ['Google', 'Development'],
    [],
    [],
  ])
})

const blockWith = (text: string) => {
  const block = blocks.find(({ code }) => code.includes(text))
  assert.ok(block, `no block has ${text}`)
  return block.code
}

test('docs/guides/sign-in.md: dev_only in production, a door that must be opened by name, a cookie for another site', async () => {
  assert.deepEqual(labels(await loadBlock(blockWith('dev_only: true')), true), ['Google'])
  const open = blockWith('allowed_tenants').replace(/ +allowed_tenants: .*\n/, '')
  await assert.rejects(
    loadBlock(open),
    (error) => error instanceof ConfigRefused && /allowed_tenants/.test(error.message),
  )
  const near = await loadBlock(blockWith('cors:\n      origins: [http:'))
  assert.deepEqual(near.app.cors.origins, near.oidc.allowed_redirect_hosts)
  const far = blockWith('same_site: none')
  assert.equal((await loadBlock(far)).app.session_cookie.same_site, 'none')
  const plain = far.replace('https://api.service.example', 'http://localhost:8000')
  await assert.rejects(
    loadBlock(plain),
    (error) => error instanceof ConfigRefused && /same_site/.test(error.message),
  )
})

test('docs/guides/sign-in.md: the settings, routes, headings and files that it names are there', () => {
  const configuration = read('docs/configuration.md')
  const settings = [...guide.matchAll(/`((?:app|oidc|sessions|http)\.[a-z_]+(?:\.[a-z_]+)*)`/g)]
  const unknown = settings
    .map(([, name = '']) => name)
    .filter((name) => !configuration.includes(name))
  assert.deepEqual(unknown, [])
  const routes = read('template/src/generated/routes.txt')
  const named = [...guide.matchAll(/`(GET|POST|DELETE) (\/[\w/:-]+)`/g)]
  assert.ok(named.length > 5)
  for (const [, method = '', url = ''] of named) {
    assert.match(routes, new RegExp(`^${method} +${url.replaceAll('/', '\\/')} `, 'm'))
  }
  for (const url of ['/auth/sign-in', '/account', '/auth/web/callback', '/health/ready']) {
    assert.match(routes, new RegExp(`^GET +${url} `, 'm'))
  }
  const anchors = [...guide.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
  for (const [, target = ''] of guide.matchAll(/\]\(([^)]+)\)/g)) {
    const [file = '', anchor] = target.split('#')
    if (file === '') assert.ok(anchors.includes(anchor ?? ''), target)
    else assert.ok(repositoryFiles().includes(path.posix.join('docs/guides', file)), target)
  }
})

test('docs/guides/sign-in.md: the pages that its last table names are those that people see', () => {
  const pages = read('packages/plinth/src/pages/problem-page.ts')
  const [, table = ''] = guide.split('## When it does not work')
  const headings = [...table.matchAll(/^\| \*([^*]+)\* \|/gm)].map(([, heading = '']) => heading)
  assert.equal(headings.length, 3)
  for (const heading of headings) assert.ok(pages.includes(`'${heading}'`), heading)
})
