import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressBucket, canonicalAddress, clientAddress, trustedProxies } from './client-address.ts'

const none = trustedProxies([])
const proxies = trustedProxies(['10.0.0.0/8', '::1', '2001:db8:ff::/48'])

const rows = [
  ['XF-01 no trusted proxy: the header is ignored', '203.0.113.9', '1.2.3.4', none, '203.0.113.9'],
  ['XF-02 one trusted hop', '10.0.0.1', '198.51.100.7', proxies, '198.51.100.7'],
  [
    'XF-03 the left-most entry is forged',
    '10.0.0.1',
    '1.2.3.4, 198.51.100.7',
    proxies,
    '198.51.100.7',
  ],
  [
    'XF-04 three trusted hops',
    '10.0.0.1',
    '198.51.100.7, 10.1.1.1, 10.2.2.2',
    proxies,
    '198.51.100.7',
  ],
  ['XF-04 a hop is missing', '10.0.0.1', '10.3.3.3', proxies, '10.3.3.3'],
  ['XF-05 junk stops the walk', '10.0.0.1', '1.2.3.4, unknown, 10.1.1.1', proxies, '10.1.1.1'],
  ['XF-05 an empty item stops the walk', '10.0.0.1', '1.2.3.4,,', proxies, '10.0.0.1'],
  ['XF-05 _hidden stops the walk', '10.0.0.1', '_hidden', proxies, '10.0.0.1'],
  ['XF-05 spaces', '10.0.0.1', '  198.51.100.7  ', proxies, '198.51.100.7'],
  ['XF-06 IPv4 with port', '10.0.0.1', '198.51.100.7:55', proxies, '198.51.100.7'],
  ['XF-06 IPv6 in brackets with port', '10.0.0.1', '[2001:db8::7]:55', proxies, '2001:db8::7'],
  ['XF-06 zone id', '10.0.0.1', 'fe80::1%eth0', proxies, 'fe80::1'],
  [
    'XF-07 IPv4 inside IPv6 is the IPv4',
    '::ffff:10.0.0.1',
    '::ffff:198.51.100.7',
    proxies,
    '198.51.100.7',
  ],
  ['XF-16 no peer address', undefined, '1.2.3.4', proxies, null],
  ['XF-16 an empty peer address', '', '1.2.3.4', proxies, null],
  ['XF-01 an empty list is no trust', '127.0.0.1', '1.2.3.4', none, '127.0.0.1'],
  ['XF-03 a stranger’s whole list is forged', '203.0.113.9', '10.0.0.1', proxies, '203.0.113.9'],
  [
    'XF-04 a stranger between two proxies',
    '10.0.0.1',
    '1.2.3.4, 198.51.100.7, 10.0.0.2',
    proxies,
    '198.51.100.7',
  ],
  ['XF-05 an empty header', '10.0.0.1', '', proxies, '10.0.0.1'],
  ['XF-05 only commas', '10.0.0.1', ',,,', proxies, '10.0.0.1'],
  ['XF-05 tabs', '10.0.0.1', '\t198.51.100.7\t', proxies, '198.51.100.7'],
  ['XF-05 a host name stops the walk', '10.0.0.1', 'localhost, 10.0.0.3', proxies, '10.0.0.3'],
  ['XF-05 a quoted address stops the walk', '10.0.0.1', '"198.51.100.7"', proxies, '10.0.0.1'],
  ['XF-05 full-width digits stop the walk', '10.0.0.1', '\uff11.2.3.4', proxies, '10.0.0.1'],
  ['XF-06 a short IPv4 stops the walk', '10.0.0.1', '127.1', proxies, '10.0.0.1'],
  ['XF-06 an octal IPv4 stops the walk', '10.0.0.1', '0177.0.0.1', proxies, '10.0.0.1'],
  ['XF-06 a hexadecimal IPv4 stops the walk', '10.0.0.1', '0x7f.0.0.1', proxies, '10.0.0.1'],
  ['XF-06 a decimal IPv4 stops the walk', '10.0.0.1', '2130706433', proxies, '10.0.0.1'],
  ['XF-06 an IPv4 with a mask stops the walk', '10.0.0.1', '1.2.3.4/8', proxies, '10.0.0.1'],
  ['XF-06 brackets without port', '10.0.0.1', '[2001:db8::7]', proxies, '2001:db8::7'],
  ['XF-06 brackets with zone and port', '10.0.0.1', '[fe80::1%eth0]:443', proxies, 'fe80::1'],
  ['XF-06 half a bracket stops the walk', '10.0.0.1', '[2001:db8::7', proxies, '10.0.0.1'],
  ['XF-06 a port of six digits stops the walk', '10.0.0.1', '1.2.3.4:123456', proxies, '10.0.0.1'],
  [
    'XF-07 a mapped proxy is the proxy',
    '10.0.0.1',
    '198.51.100.7, ::ffff:10.0.0.9',
    proxies,
    '198.51.100.7',
  ],
  ['XF-07 a mapped IPv4 in hexadecimal', '10.0.0.1', '::ffff:c633:6407', proxies, '198.51.100.7'],
  [
    'XF-09 a long IPv6 proxy is the proxy',
    '2001:DB8:FF:0:0:0:0:1',
    '198.51.100.7',
    proxies,
    '198.51.100.7',
  ],
] as const

for (const [title, socket, header, list, expected] of rows) {
  test(`${title} → ${expected}`, () => assert.equal(clientAddress(socket, header, list), expected))
}

test('XF-08 XF-09 one bucket for a /64, one key for five spellings, IPv4 by itself', () => {
  const spellings = [
    '2001:db8::1',
    '2001:DB8:0:0:0:0:0:1',
    '2001:0db8::0001',
    '[2001:db8::1]',
    '2001:db8:0::1',
  ]
  assert.equal(new Set(spellings.map(canonicalAddress)).size, 1)
  const buckets = Array.from({ length: 1000 }, (_, i) =>
    addressBucket(canonicalAddress(`2001:db8:1:2::${i.toString(16)}`) ?? ''),
  )
  assert.equal(new Set(buckets).size, 1)
  assert.notEqual(addressBucket('2001:db8:1:3::1'), buckets[0])
  assert.notEqual(addressBucket('192.0.2.1'), addressBucket('192.0.2.2'))
})

test('XF-17 10 kB and a thousand items are cut, in bounded time', () => {
  const started = performance.now()
  const forged = `${'1.2.3.4, '.repeat(1000)}198.51.100.7`
  assert.equal(clientAddress('10.0.0.1', forged, proxies), '198.51.100.7')
  assert.equal(
    clientAddress('10.0.0.1', '10.0.0.2, '.repeat(100_000), proxies)?.startsWith('10.'),
    true,
  )
  assert.ok(performance.now() - started < 1_000)
})

test('a proxy list names the entry that is not an address', () => {
  assert.throws(() => trustedProxies(['10.0.0.0/99']), /10\.0\.0\.0\/99/)
  assert.throws(() => trustedProxies(['proxy.example']), /proxy\.example/)
})
