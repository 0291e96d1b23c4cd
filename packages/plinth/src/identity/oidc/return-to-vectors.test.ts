import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { safeReturnTo } from './return-to.ts'

// Families of vectors, made by rule: each is judged as the layers behind us would, not by a list.
const own = 'https://app.example'
const rule = { ownOrigin: own, allowedOrigins: [], fallback: '/home' }
const CALLBACK = `${own}/auth/web/callback`
const EVIL = 'evil.test'

/** What may happen to a Location on its way: each reading must stay on our origin. */
function readings(location: string): readonly string[] {
  const once = decodeOnce(location)
  const resolved = new URL(location, CALLBACK)
  const decoded = new URL(once, CALLBACK)
  return [location, once, resolved.pathname, decoded.pathname, location.normalize('NFKC')]
}

function decodeOnce(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes)
    } catch {
      return bytes
    }
  })
}

function assertHarmless(given: string): void {
  const location = safeReturnTo(given, rule)
  assert.match(location, /^\/[\x21-\x7e]*$/, `no legal Location of ours: ${JSON.stringify(given)}`)
  for (const reading of readings(location)) {
    const resolved = new URL(reading, CALLBACK)
    assert.equal(resolved.origin, own, `${JSON.stringify(given)} → ${location} → ${reading}`)
    assert.ok(!reading.startsWith('//'), `${JSON.stringify(given)} → ${location}`)
  }
}

const refused = (given: string) =>
  assert.equal(safeReturnTo(given, rule), '/home', JSON.stringify(given))

/** Every assigned code point that a pattern fits; the planes left out hold ideographs and nothing. */
function charactersLike(pattern: RegExp): readonly string[] {
  const found: string[] = []
  for (let point = 0; point <= 0xe0fff; point += 1) {
    if (point === 0xd800) point = 0xe000
    if (point === 0x20000) point = 0xe0000
    const one = String.fromCodePoint(point)
    if (pattern.test(one)) found.push(one)
  }
  return found
}

const SPELLINGS = (character: string) => [
  character,
  encodeURIComponent(character),
  encodeURIComponent(character).toLowerCase(),
]

test('5.1 no look-alike of slash, backslash, dot, colon or at-sign leads away, plain or encoded', () => {
  const folding = charactersLike(/[^\p{ASCII}]/u)
  const lookAlikes = folding.filter((one) => /[/\\.:@?#%]/.test(one.normalize('NFKC')))
  assert.ok(lookAlikes.length > 40, `${lookAlikes.length} look-alikes`)
  for (const one of lookAlikes) {
    for (const spelled of SPELLINGS(one)) {
      refused(`/${spelled}${EVIL}`)
      refused(`/${spelled}${spelled}${EVIL}`)
      refused(`/a${spelled}/${EVIL}`)
    }
  }
})

test('5.1 no control, format character or separator gets through, at any place, plain or encoded', () => {
  const hidden = charactersLike(/(?! )[\p{Cc}\p{Cf}\p{Z}]/u)
  assert.ok(hidden.length > 200, `${hidden.length} hidden characters`)
  for (const one of hidden) {
    for (const spelled of SPELLINGS(one)) {
      refused(`/${spelled}/${EVIL}`)
      refused(`/app${spelled}`)
    }
    refused(`${one}/app`)
    refused(`${one}//${EVIL}`)
    refused(`/app?x=${one}`)
    refused(`/app#${one}`)
  }
})

test('5.1 lone surrogates and unassigned characters are refused', () => {
  for (const one of ['\ud800', '\udfff', '\u0378', '\ue000', '\uffff', '\u{10ffff}']) {
    refused(`/${one}`)
    refused(`/app?${one}`)
  }
})

const SLASHES = [
  '/',
  '\\',
  '%2f',
  '%2F',
  '%5c',
  '%5C',
  '%252f',
  '%255c',
  '%09',
  '%0a',
  '%0d',
  '%00',
]
const DOTS = ['', '.', '..', '%2e', '%2E%2e', '.%2e', '...', ' ', '%20', ';', '@']

test('5.1 every mixture of up to four slashes and dots in all spellings stays with us', () => {
  const pieces = [...SLASHES, ...DOTS]
  for (const a of pieces) {
    for (const b of pieces) {
      for (const c of ['', '/', '%2f', '%5C', '..']) {
        assertHarmless(`/${a}${b}${c}${EVIL}`)
        assertHarmless(`/a${a}${b}${c}/${EVIL}`)
        assertHarmless(`/${a}${b}${c}/${EVIL}/%2e%2e`)
      }
    }
  }
})

const SCHEMES = [
  ...['http', 'https', 'HTTP', 'hTTps', 'ftp', 'ws', 'wss', 'file', 'blob', 'data', 'javascript'],
  ...['vbscript', 'jar', 'view-source', 'about', 'mailto', 'tel', 'intent', 'filesystem', 'app'],
]
test('5.1 nothing with a scheme is followed, however it is written', () => {
  for (const scheme of SCHEMES) {
    for (const after of [':', '://', ':/', ':///', ':\\\\', ':%2f%2f', '%3a//', ': //', ':\t//']) {
      refused(`${scheme}${after}${EVIL}`)
      refused(` ${scheme}${after}${EVIL}`)
      refused(`\u0001${scheme}${after}${EVIL}`)
      assertHarmless(`/${scheme}${after}${EVIL}`)
    }
  }
})

const HOSTS = [
  ...['evil.test', 'evil%E3%80%82test', 'evil。test', '0x7f.1', '2130706433', '[::1]', '127.1'],
  ...[
    'app.example.evil.test',
    'app.example@evil.test',
    'app.example:443@evil.test',
    'xn--evil-9za',
  ],
  ...[
    'app.example%2eevil.test',
    'app.example%00.evil.test',
    'app.example%0d.evil.test',
    'APP.EXAMPLE',
  ],
]
test('5.1 no absolute URL is followed, also not of our own host: exact origins are listed or nothing', () => {
  for (const host of HOSTS) {
    for (const start of ['//', '///', '/\\', '\\/', '\\\\', 'https://', 'https:', 'http:/', '@']) {
      refused(`${start}${host}`)
      refused(`${start}${host}/app`)
    }
  }
  refused(`${own}/app`)
})

test('5.1 a listed origin is compared whole: scheme, host and port', () => {
  const front = 'https://front.example:8443'
  const listed = { ...rule, allowedOrigins: [front] }
  assert.equal(safeReturnTo(`${front}/done?x=1#y`, listed), `${front}/done?x=1#y`)
  for (const near of [
    ...['https://front.example/', 'https://front.example:443/', 'http://front.example:8443/'],
    ...['https://front.example:84430/', 'https://front.example:8443@evil.test/'],
    ...['https://front.example:8443.evil.test/', 'https://FRONT.example:8443/', `${front}\\x`],
    ...[
      'https://x@front.example:8443/',
      `${front}//evil.test`,
      `${front}/%2f/evil.test`,
      `${front}?x`,
    ],
    ...[
      `${front}/..//evil.test`,
      `${front}/auth/web/login`,
      `//${front}`,
      `/${front}`.slice(0, -4),
    ],
  ]) {
    const result = safeReturnTo(near, listed)
    const stays = new URL(result, CALLBACK)
    assert.ok(result === '/home' || stays.origin === own, `${near} → ${result}`)
  }
})

const LOOPS = [
  ...[
    '/auth',
    '/auth/',
    '/auth/web/login',
    '/auth/web/logout?x',
    '/auth/web/callback#x',
    '/AUTH/x',
  ],
  ...['/./auth/web/login', '/a/../auth/web/login', '/%61uth/web/login', '/auth%2fweb/login'],
  ...[
    '/%2e/auth/x',
    '/a/%2e%2e/auth/x',
    '/a%2f..%2fauth%2fx',
    '/a%2f%2e%2e%2fauth',
    '/auth/sign-in',
  ],
  ...['/t/acme/auth/web/login', '/t/acme/AUTH', '/t/x/%61uth/y', '/a/../t/acme/auth/web/logout'],
]
test('5.1 no way leads back into signing in or out, also below a tenant', () => {
  for (const loop of LOOPS) refused(loop)
  for (const other of [
    '/author',
    '/t/auth',
    '/app/auth/x',
    '/t/acme/authors',
    '/app?x=/auth/web/login',
  ])
    assert.equal(safeReturnTo(other, rule), other)
})

test('5.1 length: 2,048 characters are kept, one more is not, and a Location fits a proxy', () => {
  const longest = `/${'a'.repeat(2_047)}`
  assert.equal(safeReturnTo(longest, rule), longest)
  refused(`${longest}a`)
  assert.match(safeReturnTo(`/${'ü'.repeat(1_000)}`, rule), /^\/(?:%C3%BC){1000}$/)
  refused(`/${'日'.repeat(1_000)}`)
})

test('5.1 a plain path, with query and fragment, comes out as it went in', () => {
  const segment = fc.stringMatching(/^[A-Za-z0-9_~!$&'()*+,;=:@-]{1,12}$/)
  const path = fc
    .array(segment, { minLength: 1, maxLength: 6 })
    .map((parts) => `/${parts.join('/')}`)
  const query = fc.stringMatching(/^(?:|\?[A-Za-z0-9_~/=&:@-]{1,30})$/)
  fc.assert(
    fc.property(path, query, (given, more) => {
      fc.pre(!/^\/(?:t\/[^/]+\/)?auth(?:\/|$)/i.test(given))
      assert.equal(safeReturnTo(`${given}${more}`, rule), `${given}${more}`)
    }),
    { numRuns: 2_000 },
  )
})

test('5.1 whatever text is asked for, the answer is a Location of ours and stays one', () => {
  const nasty = fc.constantFrom(
    '/',
    '\\',
    '%',
    '2f',
    '5c',
    '2e',
    '.',
    ':',
    '@',
    '\t',
    'evil.test',
    '／',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.array(nasty).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, (given) => {
      assertHarmless(given)
      assertHarmless(`/${given}`)
    }),
    { numRuns: 1_000 },
  )
})
