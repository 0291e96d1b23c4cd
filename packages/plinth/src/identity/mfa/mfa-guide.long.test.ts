import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { newId } from '../../kernel/index.ts'
import type { Answer, Person } from '../../testing/person.ts'
import type { TestAccount } from '../account/accounts.fixture.ts'
import type { MfaWorld } from './mfa.fixture.ts'
import { openMfa } from './mfa.fixture.ts'

const GUIDE = new URL('../../../../../docs/guides/mfa.md', import.meta.url)

let mfa: MfaWorld
before(async () => {
  mfa = await openMfa({ 'tenancy.mode': 'organisations', 'mfa.sms.countries': [] })
})
after(() => mfa[Symbol.asyncDispose]())

type Known = Record<string, string>

interface Exchange {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly status: number
  readonly says: Readonly<Record<string, unknown>>
}

function exchangeOf(block: string): Exchange {
  const [request = '', answer = ''] = block.trim().split('\n\n')
  const [first = '', body = ''] = request.split('\n')
  const [method = '', path = ''] = first.split(' ')
  const [status = '', says = '{}'] = answer.split('\n')
  return { method, path, body, status: Number(status), says: JSON.parse(says) }
}

/** Somebody with a tenant, and an administrator of the platform. */
async function people() {
  const ana = await mfa.account({ email: 'ana@example.com' })
  const tenant = newId<'tenant'>()
  await mfa.sql(
    "insert into plinth.tenants (id, slug, name, kind) values ($1, 'acme', 'Acme', 'organisation')",
    [tenant],
  )
  await mfa.sql(
    "insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, 'owner')",
    [tenant, ana.person],
  )
  const admin = await mfa.withApp()
  await mfa.sql(
    "insert into plinth.platform_roles (person_id, permissions) values ($1, '{platform:reset_factors}')",
    [admin.who.person],
  )
  const { browser, token } = await mfa.logIn(admin.who)
  await browser.post('/auth/web/mfa', { mfa_token: token, code: mfa.codeOf(admin.secret) })
  return { ana, tenant, admin: browser }
}

async function fill(text: string, known: Known, ana: TestAccount): Promise<string> {
  let filled = text.replaceAll('{mail_code}', await mailCode(text, ana))
  if (filled.includes('{app_code}')) {
    mfa.pass(1)
    filled = filled.replaceAll('{app_code}', mfa.codeOf(known['secret'] ?? ''))
  }
  return filled.replace(/\{([a-z_]+)\}/g, (whole, name: string) => known[name] ?? whole)
}

const mailCode = async (text: string, { email }: TestAccount) =>
  text.includes('{mail_code}') ? mfa.lastCode(email) : ''

function holds(answer: Answer, { method, path, status, says }: Exchange): void {
  const shown = `${method} ${path}: ${JSON.stringify(answer.body)}`
  assert.equal(answer.status, status, shown)
  for (const [name, value] of Object.entries(says)) {
    const got = answer.body[name]
    if (value === '…') assert.ok(typeof got === 'string' && got !== '', `${name} in ${shown}`)
    else if (JSON.stringify(value) === '["…"]')
      assert.ok(Array.isArray(got) && got.length > 0, shown)
    else assert.deepEqual(got, value, `${name} in ${shown}`)
  }
}

test('every exchange of the guide to second factors goes as it says', async () => {
  const guide = await readFile(GUIDE, 'utf8')
  const blocks = [...guide.matchAll(/```http\n([\s\S]*?)```/g)].map(([, text = '']) => text)
  assert.ok(blocks.length >= 14)
  const { ana, tenant, admin } = await people()
  const known: Known = { tenant, person: ana.person }
  let { browser } = await mfa.logIn(ana)
  for (const block of blocks) {
    const exchange = exchangeOf(block)
    if (exchange.path === '/auth/web/login') browser = mfa.browser()
    const by: Person = exchange.path.includes('/platform/') ? admin : browser
    const path = await fill(exchange.path, known, ana)
    const body =
      exchange.body === '' ? undefined : JSON.parse(await fill(exchange.body, known, ana))
    const answer = await send(by, exchange.method, { path, body })
    holds(answer, exchange)
    for (const [name, value] of Object.entries(answer.body ?? {})) {
      if (typeof value === 'string') known[name] = value
    }
  }
})

function send(by: Person, method: string, { path, body }: { path: string; body?: object }) {
  if (method === 'GET') return by.get(path)
  return method === 'PUT' ? by.put(path, body ?? {}) : by.post(path, body)
}
