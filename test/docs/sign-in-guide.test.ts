import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { parse, stringify } from 'yaml'
import {
  ConfigRefused,
  loadServiceConfig,
} from '../../packages/plinth/src/compose/load-service-config.ts'
import type { ServiceConfig } from '../../packages/plinth/src/compose/settings.ts'
import { signInChoices } from '../../packages/plinth/src/identity/index.ts'
import { read, repositoryFiles } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const PAGE = 'docs/guides/sign-in.md'
const guide = read(PAGE)
const blocks = blocksOf(PAGE).filter(({ language }) => language === 'yaml')

type Tree = { [key: string]: unknown }
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lays a block over the template's config.yaml, as a person does who copies it there. */
function over(base: Tree, more: Tree): Tree {
  const merged: Tree = { ...base }
  for (const [key, value] of Object.entries(more)) {
    const former = merged[key]
    merged[key] = isTree(former) && isTree(value) ? over(former, value) : value
  }
  return merged
}

const secrets = {
  SESSION_SIGNING_SECRET: 'c2Vzc2lvbi1zZWNyZXQtb2YtdGhlLWd1aWRlLTAx',
  CSRF_SIGNING_SECRET: 'Y3NyZi1zZWNyZXQtb2YtdGhlLWd1aWRlLTAyLi4u',
  DATABASE_URL: 'postgres://app:a-password-of-the-guide@localhost/guide',
}

/** Loads a block with every client id and secret that it names. */
async function load(
  code: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServiceConfig> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-guide-'))
  try {
    const config = over(parse(read('template/config.yaml')), parse(code))
    await writeFile(path.join(folder, 'config.yaml'), stringify(config))
    const named = [...code.matchAll(/\$\{(\w+_CLIENT_(?:ID|SECRET))/g)].map(([, name = '']) => name)
    const clients = Object.fromEntries(named.map((name) => [name, `of-the-guide-${name}`]))
    const { config: loaded } = await loadServiceConfig({
      cwd: folder,
      env: { ...secrets, ...clients, ...env },
    })
    return loaded
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const labels = ({ oidc }: ServiceConfig, production = false) =>
  signInChoices(oidc, production).map(({ label }) => label)

test('docs/guides/sign-in.md: every configuration block is accepted, and offers what it says', async () => {
  const offered = await Promise.all(blocks.map(async ({ code }) => labels(await load(code))))
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
  assert.deepEqual(labels(await load(blockWith('dev_only: true')), true), ['Google'])
  const open = blockWith('allowed_tenants').replace(/ +allowed_tenants: .*\n/, '')
  await assert.rejects(
    load(open),
    (error) => error instanceof ConfigRefused && /allowed_tenants/.test(error.message),
  )
  const near = await load(blockWith('cors:\n      origins: [http:'))
  assert.deepEqual(near.app.cors.origins, near.oidc.allowed_redirect_hosts)
  const far = blockWith('same_site: none')
  assert.equal((await load(far)).app.session_cookie.same_site, 'none')
  const plain = far.replace('https://api.service.example', 'http://localhost:8000')
  await assert.rejects(
    load(plain),
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
