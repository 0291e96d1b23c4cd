import assert from 'node:assert/strict'
import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { systemClock } from '../kernel/index.ts'
import type { OutboundDeps, OutboundFault, OutboundRequest } from './index.ts'
import { addressFault, createOutbound, OutboundError, outboundSettings } from './index.ts'
import { resolveChecked } from './resolve.ts'
import { selfSigned } from './self-signed.fixture.ts'

let hits = 0
let answer: RequestListener = (_, response) => response.end('{}')
let canary: Server
let origin = ''
let port = 0

before(async () => {
  canary = createServer((request, response) => {
    hits += 1
    answer(request, response)
  })
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  port = (canary.address() as AddressInfo).port
  origin = `http://127.0.0.1:${port}`
})
after(() => {
  canary.closeAllConnections()
  canary.close()
})

const silent = { info: () => {} }

function outbound(more: Partial<OutboundDeps> = {}) {
  const settings = outboundSettings.parse({ timeout_ms: 5_000, max_answer_bytes: 20_000 })
  return createOutbound({ settings, clock: systemClock, log: silent, ...more })
}

const toCanary = (path = '/'): OutboundRequest => ({
  url: `${origin}${path}`,
  reach: { kind: 'operator', origins: [origin] },
})

async function faultOf(work: Promise<unknown>): Promise<OutboundFault | 'answered'> {
  try {
    await work
    return 'answered'
  } catch (error) {
    assert.ok(error instanceof OutboundError, String(error))
    return error.code
  }
}

/** A URL that a stranger supplies; `:P` becomes the canary's port. */
const SUPPLIED_BY_OTHERS: Readonly<Record<string, readonly string[]>> = {
  'SF-01': [
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.0x0.0x0.0x1/',
    'https://017700000001/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://127.0.1/',
    'https://127.0.0.1./',
    'https://0/',
    'https://0.0.0.0/',
    'https://127.255.255.254/',
  ],
  'SF-02': [
    'https://①②⑦.⓪.⓪.①/',
    'https://１２７.０.０.１/',
    'https://127。0。0。1/',
    'https://127．0．0．1/',
    'https://ⓛocalhost/',
  ],
  'SF-03': [
    'https://localhost/',
    'https://LOCALHOST./',
    'https://localhost:443/',
    'https://a.localhost/',
    'https://loc%61lhost/',
  ],
  'SF-04': [
    'https://[::1]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b:1::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[fe80::1%25lo]/',
    'https://[ff02::1]/',
  ],
  'SF-05': [
    'https://public.example@127.0.0.1/',
    'https://public.example#@127.0.0.1/',
    'https://public.example:443@127.0.0.1/',
    'https://127.0.0.1#public.example/',
    'ht\ttp://127.0.0.1:P/',
    'https:127.0.0.1:P',
    'https:/127.0.0.1:P/',
    'https:\\\\127.0.0.1:P\\',
    '//127.0.0.1:P/',
    '',
    `https://public.example/${'a'.repeat(9_000)}`,
  ],
  'SF-06': [
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00:ec2::254]/',
    'https://10.0.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://198.18.0.1/',
    'https://192.0.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
  ],
  'SF-07': [
    'http://public.example/',
    'http://127.0.0.1:P/',
    'https://127.0.0.1:P/',
    'https://public.example:22/',
    'https://public.example:0/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:P/_x',
    'ftp://127.0.0.1:P/',
    'data:application/json,{}',
    'blob:https://public.example/1',
    'unix:/var/run/docker.sock',
  ],
}

for (const [row, urls] of Object.entries(SUPPLIED_BY_OTHERS)) {
  for (const supplied of urls) {
    test(`${row} V1.3.6 a supplied URL reaches nothing internal: ${supplied.slice(0, 60)}`, async () => {
      hits = 0
      const url = supplied.replace(':P', `:${port}`)
      const fault = await faultOf(outbound().request({ url, reach: { kind: 'public' } }))
      assert.notEqual(fault, 'answered')
      assert.notEqual(fault, 'timeout')
      assert.notEqual(fault, 'unreachable')
      assert.equal(hits, 0)
    })
  }
}

test('SF-07 scheme and port are refused before a name is looked up', async () => {
  let asked = 0
  const resolver = async () => {
    asked += 1
    return []
  }
  const call = (url: string) =>
    faultOf(outbound({ resolver }).request({ url, reach: { kind: 'public' } }))
  assert.equal(await call('http://public.example/'), 'scheme_not_allowed')
  for (const odd of [22, 80, 8443]) {
    assert.equal(await call(`https://public.example:${odd}/`), 'host_not_allowed')
  }
  assert.equal(asked, 0)
})

test('security.md 8.3 asks for 66 URLs', () => {
  assert.equal(Object.values(SUPPLIED_BY_OTHERS).flat().length, 66)
})

const PUBLIC = { address: '93.184.216.34', family: 4 as const }
const LOOPBACK = { address: '127.0.0.1', family: 4 as const }

test('SF-08 one private answer among public ones refuses the name', async () => {
  const resolver = async () => [PUBLIC, LOOPBACK]
  const call = outbound({ resolver }).request({
    url: 'https://mixed.example/',
    reach: { kind: 'public' },
  })
  assert.equal(await faultOf(call), 'address_not_allowed')
})

test('SF-08 a name that turns private between two calls is refused at the second', async () => {
  let asked = 0
  const resolver = async () => {
    asked += 1
    return [asked === 1 ? PUBLIC : LOOPBACK]
  }
  const resolve = () =>
    resolveChecked(new URL('https://flips.example/'), { kind: 'public' }, resolver)
  assert.deepEqual(await resolve(), [PUBLIC])
  assert.equal(await faultOf(resolve()), 'address_not_allowed')
})

test('SF-08 DNS rebinding: a name is resolved once and the checked address is connected', async () => {
  let asked = 0
  const resolver = async () => {
    asked += 1
    return [asked === 1 ? LOOPBACK : { address: '192.0.2.1', family: 4 as const }]
  }
  const named = `http://localhost:${port}`
  const reach = { kind: 'operator' as const, origins: [named] }
  answer = (_, response) => response.end('{}')
  const { status } = await outbound({ resolver }).request({ url: named, reach })
  assert.deepEqual([status, asked], [200, 1])
})

test('SF-08 the connection goes to the checked address, not to what the machine says of the name', async () => {
  hits = 0
  const resolver = async () => [{ address: '127.0.0.2', family: 4 as const }]
  const named = `http://localhost:${port}`
  const reach = { kind: 'operator' as const, origins: [named] }
  const call = outbound({ resolver }).request({ url: named, reach, timeoutMs: 1_000 })
  assert.notEqual(await faultOf(call), 'answered')
  assert.equal(hits, 0)
})

for (const status of [301, 302, 303, 307, 308]) {
  test(`SF-09 a ${status} is not followed, not even to the same origin`, async () => {
    hits = 0
    answer = (_, response) => response.writeHead(status, { location: `${origin}/elsewhere` }).end()
    assert.equal(await faultOf(outbound().request(toCanary())), 'redirect')
    assert.equal(hits, 1)
  })
}

const CONFIGURED: readonly (readonly [string, string, OutboundFault | 'answered'])[] = [
  ['the configured origin', 'http://127.0.0.1:P/x', 'answered'],
  ['another port', 'http://127.0.0.1:1/', 'host_not_allowed'],
  ['another host', 'https://other.example/', 'host_not_allowed'],
  ['http away from loopback', 'http://idp.example/', 'scheme_not_allowed'],
  ['userinfo', 'http://a:b@127.0.0.1:P/', 'bad_url'],
  ['a fragment', 'http://127.0.0.1:P/#x', 'bad_url'],
]
for (const [title, url, expected] of CONFIGURED) {
  test(`RP-84 an operator's call: ${title} → ${expected}`, async () => {
    answer = (_, response) => response.end('{}')
    const reach = { kind: 'operator' as const, origins: [origin, 'http://idp.example'] }
    const call = outbound().request({ url: url.replace(':P', `:${port}`), reach })
    assert.equal(await faultOf(call), expected)
  })
}

const BAD_ANSWERS: readonly (readonly [string, OutboundFault, RequestListener])[] = [
  [
    '302 to another host',
    'redirect',
    (_, r) => r.writeHead(302, { location: 'https://x.example' }).end(),
  ],
  ['307 to itself', 'redirect', (_, r) => r.writeHead(307, { location: '/' }).end()],
  ['no answer', 'timeout', () => {}],
  ['headers, then nothing', 'timeout', (_, r) => r.writeHead(200).flushHeaders()],
  ['one byte at a time', 'timeout', (_, r) => void setInterval(() => r.write(' '), 50).unref()],
  ['a closed socket', 'unreachable', (q) => q.socket.destroy()],
  [
    'a cut body',
    'unreachable',
    (q, r) => {
      r.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      r.write('{}', () => q.socket.destroy())
    },
  ],
  ['a large body that says so', 'answer_too_large', (_, r) => r.end(Buffer.alloc(50_000))],
  [
    'a large body that does not',
    'answer_too_large',
    (_, r) => {
      r.writeHead(200)
      for (let at = 0; at < 10; at += 1) r.write(Buffer.alloc(10_000))
      r.end()
    },
  ],
  [
    'a gzip bomb',
    'answer_encoded',
    (_, r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1e6))),
  ],
  ['HTML', 'answer_type', (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
  ['no type', 'answer_type', (_, r) => r.end('{}')],
  [
    'an empty body',
    'answer_not_json',
    (_, r) => r.writeHead(200, { 'content-type': 'application/json' }).end(),
  ],
  [
    'duplicate keys',
    'answer_not_json',
    (_, r) => r.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1,"a":2}'),
  ],
]
for (const [title, expected, listener] of BAD_ANSWERS) {
  test(`RP-37 RP-38 a host that answers with ${title} → ${expected}`, async () => {
    answer = listener
    const timeoutMs = expected === 'timeout' ? 300 : 5_000
    assert.equal(await faultOf(outbound().fetchJson({ ...toCanary(), timeoutMs })), expected)
    canary.closeAllConnections()
  })
}

test('FI-23 V12.3.2 a certificate that nobody vouches for ends the call, whatever the environment says', async () => {
  const server = createTlsServer(selfSigned(), (_, response) => response.end('{}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const named = `https://localhost:${(server.address() as AddressInfo).port}`
  const call = () =>
    faultOf(outbound().request({ url: named, reach: { kind: 'operator', origins: [named] } }))
  try {
    assert.equal(await call(), 'unreachable')
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    assert.equal(await call(), 'unreachable')
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    server.closeAllConnections()
    server.close()
  }
})

test('FI-23 a name that nobody knows and a host that speaks no TLS end the call', async () => {
  const resolver = async () => {
    throw new Error('ENOTFOUND')
  }
  const idp = 'https://idp.example'
  const unknown = outbound({ resolver }).request({
    url: idp,
    reach: { kind: 'operator', origins: [idp] },
  })
  assert.equal(await faultOf(unknown), 'name_not_found')
  const tls = origin.replace('http:', 'https:')
  const plain = outbound().request({ url: tls, reach: { kind: 'operator', origins: [tls] } })
  assert.equal(await faultOf(plain), 'unreachable')
})

test('8.3 proxy variables of the environment have no effect', async () => {
  answer = (_, response) => response.end('direct')
  process.env['HTTP_PROXY'] = 'http://127.0.0.1:1'
  process.env['NODE_USE_ENV_PROXY'] = '1'
  try {
    assert.equal((await outbound().request(toCanary())).status, 200)
  } finally {
    delete process.env['HTTP_PROXY']
    delete process.env['NODE_USE_ENV_PROXY']
  }
})

test('SB-10 neither the error nor the log of a call shows its path, query, header or body', async () => {
  const lines: unknown[] = []
  const client = outbound({ log: { info: (facts) => lines.push(facts) } })
  answer = (request) => request.socket.destroy()
  const secret = 'hush-hush'
  const call = client.request({
    ...toCanary(`/${secret}?code=${secret}`),
    method: 'POST',
    headers: { authorization: secret },
    body: secret,
  })
  const error = await call.catch((reason: unknown) => reason)
  assert.ok(error instanceof OutboundError)
  assert.ok(!`${error.stack}${JSON.stringify(lines)}`.includes(secret))
  assert.equal(lines.length, 1)
})

test('a public address is public', () => {
  for (const address of ['93.184.216.34', '8.8.8.8', '2606:4700::1111']) {
    assert.equal(addressFault(address), undefined)
  }
  assert.equal(addressFault('fe80::1%lo'), 'not_an_address')
  assert.equal(addressFault('localhost'), 'not_an_address')
})
