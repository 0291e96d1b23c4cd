import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { systemClock } from '../../kernel/index.ts'
import { createOutbound, outboundSettings } from '../../outbound/index.ts'
import { isBreached } from './breach-list.ts'

const BREACHED = 'nobody thought of this one'
const digest = hash('sha1', BREACHED, 'hex').toUpperCase()
const asked: string[] = []
const warnings: string[] = []
const log = {
  info: () => {},
  warn: (_: object, text = '') => void warnings.push(text),
  error: () => {},
}
const outbound = createOutbound({ settings: outboundSettings.parse({}), clock: systemClock, log })

const list = createServer((request, response) => {
  asked.push(request.url ?? '')
  response.statusCode = request.url?.startsWith('/range/') ? 200 : 500
  response.end(`${'0'.repeat(35)}:3\r\n${digest.slice(5)}:42\r\n${'F'.repeat(35)}:0\r\n`)
})
before(async () => {
  await new Promise<void>((resolve) => void list.listen(0, '127.0.0.1', resolve))
})
after(() => list.close())

const at = (path: string) => {
  const { port } = list.address() as AddressInfo
  return { outbound, log, url: `http://127.0.0.1:${port}${path}` }
}

test('v5.0.0-V6.2.12 a list is asked by five characters of the hash, and answers for the whole of it', async () => {
  assert.equal(await isBreached(at('/range/'), BREACHED), true)
  assert.equal(await isBreached(at('/range'), 'another one'), false)
  assert.deepEqual(asked[0], `/range/${digest.slice(0, 5)}`)
  assert.equal(
    asked.some((path) => path.includes(digest.slice(5, 15))),
    false,
  )
})

test('v5.0.0-V6.2.12 a list that fails, or is not set, refuses nobody, and the log says so', async () => {
  assert.equal(await isBreached(at('/gone/'), BREACHED), false)
  assert.match(warnings[0] ?? '', /does not answer/)
  assert.equal(await isBreached({ outbound, log, url: null }, BREACHED), false)
  const gone = { outbound, log, url: 'http://127.0.0.1:1/range/' }
  assert.equal(await isBreached(gone, BREACHED), false)
})
