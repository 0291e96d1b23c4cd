import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { safeReturnTo } from './return-to.ts'

const own = 'https://app.example'
const front = 'https://front.example'
const rule = { ownOrigin: own, allowedOrigins: [front], fallback: '/home' }

const KEPT: readonly (readonly [string, string])[] = [
  ['/', '/'],
  ['/app', '/app'],
  ['/app/', '/app/'],
  ['/app?x=1&y=2', '/app?x=1&y=2'],
  ['/app#section', '/app#section'],
  ['/app?x=1#s', '/app?x=1#s'],
  ['/a%20b', '/a%20b'],
  ['/caf%C3%A9', '/caf%C3%A9'],
  ['/search?q=https://evil.test/', '/search?q=https://evil.test/'],
  ['/search?q=//evil.test', '/search?q=//evil.test'],
  ['/a:b', '/a:b'],
  ['/@me', '/@me'],
  ['/files/a..b.txt', '/files/a..b.txt'],
  ['/t/acme/users/42', '/t/acme/users/42'],
  ['/app?next=%2F%2Fevil.test', '/app?next=%2F%2Fevil.test'],
  ['/a;v=1', '/a;v=1'],
  ['/~user', '/~user'],
  ['/app?json=%7B%22a%22%3A1%7D', '/app?json=%7B%22a%22%3A1%7D'],
  ['/üser/prøfile', '/%C3%BCser/pr%C3%B8file'],
  ['/path%20with%20spaces', '/path%20with%20spaces'],
  ['  /dashboard  ', '/dashboard'],
  ['/search?q=test#results', '/search?q=test#results'],
  ['/api/v1/data', '/api/v1/data'],
  ['/authors', '/authors'],
  [front, `${front}/`],
  [`${front}/done?x=1`, `${front}/done?x=1`],
]
for (const [given, expected] of KEPT) {
  test(`5.1 return_to kept: ${given}`, () => assert.equal(safeReturnTo(given, rule), expected))
}

const REFUSED: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  42,
  ['/a', '/b'],
  { toString: () => '/a' },
  'not-a-url',
  'app',
  '?x',
  '#x',
  // leaves the origin as sent
  '//evil.test',
  '///evil.test',
  '////evil.test',
  '/\\evil.test',
  '\\/evil.test',
  '\\\\evil.test',
  '/\\/evil.test',
  '/a\\b',
  '/a?x=\\',
  '/\t/evil.test',
  '/\n/evil.test',
  '/\r/evil.test',
  '/\t\\evil.test',
  '\t//evil.test',
  '\u00a0//evil.test',
  '\ufeff//evil.test',
  '  //evil.test',
  'https://evil.test',
  'https:evil.test',
  'https:/evil.test',
  'https://',
  'HTTPS://evil.test',
  'http://malicious.site',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://app.example/1',
  'mailto:a@b.c',
  'https://app.example@evil.test/',
  'https://app.example.evil.test/',
  'https://evil.test/https://app.example/',
  'https://evil.test#https://app.example',
  'https://app.example\\@evil.test',
  `${front}.evil.test/`,
  `${front}:8443/`,
  `${front}@evil.test/`,
  'http://front.example/',
  'https://FRONT.example.evil/',
  // leaves it when any layer decodes once more
  '/%2f%2fevil.test',
  '/%2fevil.test',
  '/%2Fevil.test',
  '/%5cevil.test',
  '/%5C%5Cevil.test',
  '/%09/evil.test',
  '/%0a/evil.test',
  '/%00/evil.test',
  '/a%0d%0aSet-Cookie:x',
  // writing the normalised path back leaves it
  '/..//evil.test',
  '/.//evil.test',
  '/a/..//evil.test',
  '/./\\evil.test',
  '/%2e%2e//evil.test',
  '/%2e//evil.test',
  // look-alikes, controls, oversize, undecodable
  '／／evil.test',
  '/／evil.test',
  '/＼evil.test',
  '/\u2028/x',
  '/\u202eevil',
  '/\u200b/evil',
  '/path\x00with\x01control',
  '/a\tb',
  '/a b',
  '/%',
  '/%zz',
  '/%ff',
  `/${'a'.repeat(2_048)}`,
  // back into signing in or out
  '/auth/web/login',
  '/auth/web/logout?x=1',
  '/AUTH/web/callback',
  '/auth',
  '/%61uth/web/logout',
  '/x/../auth/web/logout',
]
for (const given of REFUSED) {
  test(`5.1 return_to refused: ${JSON.stringify(given)?.slice(0, 60)}`, () => {
    assert.equal(safeReturnTo(given, rule), '/home')
  })
}

test('5.1 whatever is asked, a browser stays on an allowed origin, also after one more decoding', () => {
  const piece = fc.constantFrom(
    ...[
      '/',
      '\\',
      '.',
      '..',
      '%2f',
      '%5c',
      '%2e',
      '%09',
      '@',
      ':',
      '?',
      '#',
      ' ',
      '\t',
      '\r\n',
      '\0',
    ],
    ...[
      'evil.test',
      'app.example',
      'https:',
      'javascript:',
      'auth',
      'a',
      'é',
      '／',
      '\u202e',
      '%',
      '%25',
    ],
  )
  const input = fc.array(piece, { maxLength: 10 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      fc.oneof(
        input,
        input.map((text) => `/${text}`),
      ),
      (given) => {
        const result = safeReturnTo(given, rule)
        assert.match(result, /^[\x21-\x7e]+$/)
        const decoded = result.replace(/%[0-9a-f]{2}/gi, (byte) => decodeURIComponentOr(byte))
        for (const location of [result, decoded]) {
          assert.ok(
            [own, front].includes(new URL(location, `${own}/auth/web/callback`).origin),
            given,
          )
        }
      },
    ),
    { numRuns: 5_000 },
  )
})

function decodeURIComponentOr(byte: string): string {
  try {
    return decodeURIComponent(byte)
  } catch {
    return byte
  }
}
