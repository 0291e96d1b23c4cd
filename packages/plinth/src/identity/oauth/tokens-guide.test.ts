import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { ORIGIN } from '../identity.fixture.ts'
import { putCredential, putName } from '../password/credentials.repository.ts'
import { hashPassword } from '../password/password-hash.ts'
import { signInName } from '../password/sign-in-name.ts'
import type { TokenWorld } from '../token-api/token-api.fixture.ts'
import { openTokenWorld } from '../token-api/token-api.fixture.ts'
import { MANAGER, serviceAccount } from './oauth.fixture.ts'

const GUIDE = new URL('../../../../../docs/guides/tokens.md', import.meta.url)
const PASSWORD = 'tr4ins leave at nine'

let tokens: TokenWorld
before(async () => {
  tokens = await openTokenWorld()
})
after(() => tokens?.[Symbol.asyncDispose]())

interface Message {
  readonly first: string
  readonly headers: Record<string, string>
  readonly body: string
}

function messageOf(block: string): Message {
  const [head = '', ...body] = block.trim().split('\n\n')
  const [first = '', ...lines] = head.split('\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  return { first, headers, body: body.join('\n\n') }
}

/** What earlier answers said, under the names that the guide uses. */
type Known = Record<string, string>
const filled = (text: string, known: Known) =>
  text.replace(/\{([a-z_]+)\}/g, (whole, name: string) => known[name] ?? whole)

async function ana(): Promise<Known> {
  const holder = await tokens.holder({ can: MANAGER })
  const { platform, clock } = tokens.identity
  const hash = await hashPassword(PASSWORD, { memoryCost: 7_168, timeCost: 1, parallelism: 1 })
  const name = signInName('ana@example.com')
  await platform.transaction(async (tx) => {
    const now = new Date(clock.now()).toISOString()
    await putCredential(tx, { person: holder.person, hash, now })
    if (name !== undefined) await putName(tx, holder.person, name)
  })
  const service_account_id = await serviceAccount(tokens, holder)
  return { owner_token: holder.access, service_account_id, origin: ORIGIN }
}

async function send({ first, headers, body }: Message, known: Known) {
  const [method = '', path = ''] = filled(first, known).split(' ')
  const filledHeaders = Object.entries(headers).map(([name, value]) => [name, filled(value, known)])
  return fetch(`${tokens.world.http.url}${path}`, {
    method,
    headers: Object.fromEntries(filledHeaders),
    ...(body !== '' && { body: filled(body, known) }),
  })
}

function learn(known: Known, answer: Response, body: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === 'string') known[name] = value
  }
  const [cookie = ''] = answer.headers.getSetCookie()
  const kept = /^refresh_token=([\w-]{43});/.exec(cookie)?.[1]
  if (kept !== undefined) known['cookie'] = kept
  if (body['client_secret'] !== undefined && body['id'] !== undefined) {
    known['client_id'] = String(body['id'])
    known['basic'] = Buffer.from(`${body['id']}:${body['client_secret']}`).toString('base64')
  }
}

test('every exchange of the guide to tokens goes as it says', async () => {
  const guide = await readFile(GUIDE, 'utf8')
  const blocks = [...guide.matchAll(/```http\n([\s\S]*?)```/g)].map(([, text = '']) =>
    messageOf(text),
  )
  const known = await ana()
  assert.ok(blocks.length > 20 && blocks.length % 2 === 0)
  for (let at = 0; at < blocks.length; at += 2) {
    const [asked, told] = [blocks[at], blocks[at + 1]]
    assert.ok(asked && told)
    const answer = await send(asked, known)
    const text = await answer.text()
    assert.equal(`HTTP/1.1 ${answer.status}`, told.first, `${asked.first} answered ${text}`)
    const body = text === '' ? {} : JSON.parse(text)
    if (told.body !== '') {
      assert.deepEqual(
        Object.keys(body).sort(),
        Object.keys(JSON.parse(told.body)).sort(),
        asked.first,
      )
    }
    learn(known, answer, body)
  }
})
