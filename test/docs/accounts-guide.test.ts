import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import type { AccountWorld } from '../../packages/plinth/src/identity/account/accounts.fixture.ts'
import {
  openAccounts,
  tokenIn,
} from '../../packages/plinth/src/identity/account/accounts.fixture.ts'
import { lockoutSettings } from '../../packages/plinth/src/identity/attempts/attempts.settings.ts'
import { passwordSettings } from '../../packages/plinth/src/identity/password/password.settings.ts'
import type { Person } from '../../packages/plinth/src/testing/person.ts'
import { read } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const PAGE = 'docs/guides/accounts.md'
const text = read(PAGE)

let accounts: AccountWorld
before(async () => {
  accounts = await openAccounts()
})
after(async () => {
  await accounts[Symbol.asyncDispose]()
})

type Body = Readonly<Record<string, unknown>>

/** One exchange of the page. */
interface Exchange {
  readonly method: string
  readonly path: string
  readonly body: Body | undefined
  readonly status: number
  readonly answer: Body
}

function exchanges(): readonly Exchange[] {
  return blocksOf(PAGE)
    .filter(({ language }) => language === 'http')
    .map(({ code }) => {
      const [request = '', response = ''] = code.split('\n\n')
      const [line = '', sent] = request.split('\n')
      const [method = '', path = ''] = line.split(' ')
      const [status, answer = '{}'] = response.trim().split('\n')
      return {
        method,
        path,
        body: sent === undefined ? undefined : JSON.parse(sent),
        status: Number(status),
        answer: JSON.parse(answer),
      }
    })
}

/** Of the newest mail with a link; notices may come after it. */
async function newestToken(): Promise<string> {
  const mails = await accounts.mails()
  return mails.map(tokenIn).find((token) => token !== '') ?? ''
}

async function carryOut(person: Person, { method, path, body }: Exchange) {
  const token = body?.['token'] === undefined ? {} : { token: await newestToken() }
  const sent = { ...body, ...token }
  switch (method) {
    case 'GET':
      return person.get(path)
    case 'PATCH':
      return person.patch(path, sent)
    default:
      return person.post(path, sent)
  }
}

test(`${PAGE}: every exchange is answered as it says`, async () => {
  const ana = accounts.at('198.51.100.1')
  const all = exchanges()
  assert.ok(all.length >= 12)
  for (const exchange of all) {
    const name = `${exchange.method} ${exchange.path} ${exchange.status}`
    const { status, body } = await carryOut(ana, exchange)
    assert.equal(status, exchange.status, `${name}: ${JSON.stringify(body)}`)
    for (const [field, value] of Object.entries(exchange.answer))
      assert.deepEqual(body[field], value, `${name}: ${field}`)
  }
})

test(`v5.0.0-V6.1.1 v5.0.0-V6.1.2 ${PAGE}: the thresholds are those of the settings, and context words are named`, () => {
  const settings: Readonly<Record<string, number>> = lockoutSettings.parse({})
  const named = [...text.matchAll(/`accounts\.lockout\.(\w+)`: (\d+)/g)]
  assert.deepEqual(Object.fromEntries(named.map(([, name, value]) => [name, Number(value)])), {
    ...settings,
  })
  assert.ok(text.includes(`(${passwordSettings.parse({}).min_length}; 12 are advised)`))
  assert.ok(text.includes('`accounts.password.context_words`'))
})

/** Open routes that let nobody in by themselves: steps on one of the ways, and what has nothing to do with one. */
const NO_WAY_IN = [
  'POST /auth/register',
  'POST /auth/verify-email',
  'POST /auth/password-reset-request',
  'POST /auth/password-reset',
  'POST /auth/invitations/look',
  'POST /auth/invitations/decline',
  'POST /auth/passkeys/authentication/options',
  'POST /auth/mfa/challenge',
  'POST /auth/mfa/codes',
  'POST /auth/mfa/passkey-options',
  'POST /auth/mfa/enrolment',
  'POST /auth/mfa/enrolment/passkey-options',
  'POST /auth/logout',
  'POST /auth/web/logout',
  'POST /auth/web/refresh',
  'POST /auth/web/backchannel-logout/:provider',
  'POST /oauth/introspect',
  'POST /oauth/revoke',
]

test(`v5.0.0-V6.1.3 ${PAGE}: every way in is in the table, and no open route of sign-in is missing`, () => {
  const section = text.slice(text.indexOf('## The ways in'), text.indexOf('## The mails'))
  const listed = [...section.matchAll(/`((?:GET|POST) \/[^`]+)`/g)].map(([, route]) => route ?? '')
  const open = accounts.world.service
    .census()
    .filter(({ facts }) => facts?.access.kind === 'open')
    .map(({ method, url }) => `${method} ${url}`)
    .filter((route) => /^POST \/(auth|oauth)\//.test(route))
  const missing = open.filter((route) => !listed.includes(route) && !NO_WAY_IN.includes(route))
  assert.deepEqual(missing, [])
  const census = accounts.world.service.census().map(({ method, url }) => `${method} ${url}`)
  assert.deepEqual(
    listed.filter((route) => !census.includes(route)),
    [],
  )
})

test(`${PAGE}: it lists every mail of the platform, with all that its text is written from`, async () => {
  const rows = [...text.matchAll(/^\| `((?:account|people)\.\w+)` \|.*\| ?(.*) \|$/gm)]
  const listed = rows.map(([, name, data = '']) => {
    const fields = [...data.matchAll(/`(\w+)`/g)].map(([, field]) => field)
    return `${name} ${['name', 'baseUrl', ...fields].toSorted()}`
  })
  const templates = await import('../../packages/plinth/src/notify/index.ts')
  const known = Object.values(templates).flatMap((one) =>
    typeof one === 'object' && 'kind' in one && one.kind === 'mail-template'
      ? [`${one.name} ${fieldsOf(one).toSorted()}`]
      : [],
  )
  assert.deepEqual(listed.toSorted(), known.toSorted())
})

/** What a mail is told: what it misses when it is told nothing. */
function fieldsOf({ write }: { readonly write: (data: never) => unknown }): readonly string[] {
  try {
    write({} as never)
    return []
  } catch (error) {
    assert.ok(error instanceof z.ZodError)
    return error.issues.map(({ path }) => path.join('.'))
  }
}
