import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { open } from '../access/index.ts'
import { feature, route } from '../feature/index.ts'
import { openHttp } from '../testing/http-harness.ts'
import { sendRaw } from '../testing/raw-http.ts'

const whoAmI = feature('who', {
  routes: [
    route('GET /address', {
      access: open('test'),
      returns: z.object({ address: z.string().nullable() }),
      handle: ({ actor }) => ({ address: actor.clientAddress }),
    }),
  ],
})

const spoofed: readonly [string, string][] = [
  ['Forwarded', 'for=1.2.3.4'],
  ['X-Real-IP', '1.2.3.4'],
  ['CF-Connecting-IP', '1.2.3.4'],
  ['True-Client-IP', '1.2.3.4'],
  ['X-Client-IP', '1.2.3.4'],
  ['X-Forwarded-Host', '1.2.3.4'],
  ['X-Forwarded-Proto', 'http,https'],
  ['X-Forwarded-Proto', 'javascript'],
  ['X_Forwarded_For', '1.2.3.4'],
]

for (const [name, value] of spoofed) {
  test(`XF-10 XF-12 ${name}: ${value} says nothing about the client, trusted proxy or not`, async () => {
    for (const trustedProxies of [[], ['127.0.0.1']]) {
      await using http = await openHttp([whoAmI], { trustedProxies })
      const answer = await fetch(`${http.url}/address`, { headers: { [name]: value } })
      assert.deepEqual(await answer.json(), { address: '127.0.0.1' })
    }
  })
}

test('XF-01 XF-02 X-Forwarded-For counts from a trusted proxy only', async () => {
  const headers = { 'x-forwarded-for': '198.51.100.7' }
  await using bare = await openHttp([whoAmI])
  assert.deepEqual(await (await fetch(`${bare.url}/address`, { headers })).json(), {
    address: '127.0.0.1',
  })
  await using behind = await openHttp([whoAmI], { trustedProxies: ['127.0.0.0/8'] })
  assert.deepEqual(await (await fetch(`${behind.url}/address`, { headers })).json(), {
    address: '198.51.100.7',
  })
})

test('XF-05 two X-Forwarded-For headers are one list, in order', async () => {
  await using http = await openHttp([whoAmI], { trustedProxies: ['127.0.0.1', '10.0.0.1'] })
  const answer = await sendRaw(
    http.port,
    'GET /address HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.7\r\nX-Forwarded-For: 10.0.0.1\r\nConnection: close\r\n\r\n',
  )
  assert.match(answer.text, /"address":"198\.51\.100\.7"/)
})

test('XF-15 a Connection header cannot take X-Forwarded-For away', async () => {
  await using http = await openHttp([whoAmI], { trustedProxies: ['127.0.0.1'] })
  const answer = await sendRaw(
    http.port,
    'GET /address HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.7\r\nConnection: close, x-forwarded-for\r\n\r\n',
  )
  assert.match(answer.text, /"address":"198\.51\.100\.7"/)
})
