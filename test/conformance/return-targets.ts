/** Vectors by the row that they prove. */
export type Targets = Readonly<Record<string, readonly string[]>>

const evil = 'evil.test'
const control = (code: number) => String.fromCharCode(code)

/**
 * Values of `return_to` that must lead to the default page (security.md 5.1). Class A leaves the
 * origin as it is sent, B after one more decoding, C once it was normalised; E cannot be parsed.
 */
export const REFUSED_TARGETS: Targets = {
  'RT-01 class A: targets that leave the origin as sent': [
    ...[
      `//${evil}`,
      `///${evil}`,
      `////${evil}/x`,
      `//${evil}/app.example`,
      `//app.example@${evil}`,
    ],
    ...[`https://${evil}`, `http://${evil}`, `HTTPS://${evil}`, `https:${evil}`, `https:/${evil}`],
    ...[
      `https:///${evil}`,
      `http:\\\\${evil}`,
      `https://app.example@${evil}/`,
      `https://app.example.${evil}`,
    ],
    ...[
      `https://app.example:443@${evil}`,
      `https://${evil}#app.example`,
      `https://${evil}?app.example`,
    ],
    ...[
      'http://app.example/',
      'https://app.example:8443/',
      'https://www.app.example/',
      'https://app.example./',
    ],
    ...[
      `/\\${evil}`,
      `/\\/${evil}`,
      `\\/${evil}`,
      `\\\\${evil}`,
      `\\${evil}`,
      `/\\\\${evil}`,
      `//\\${evil}`,
    ],
    ...[9, 10, 11, 12, 13].flatMap((code) => [
      `/${control(code)}/${evil}`,
      `${control(code)}//${evil}`,
    ]),
    ...[
      `/${control(9)}\\${evil}`,
      `${control(0)}//${evil}`,
      `/${control(0)}/${evil}`,
      `\u00a0//${evil}`,
    ],
    ...[
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      `java${control(9)}script:alert(1)`,
      'vbscript:x',
    ],
    ...[
      'data:text/html,x',
      'file:///etc/passwd',
      'ftp://evil.test',
      'blob:https://app.example/x',
      'about:blank',
    ],
    ...[`wss://${evil}`, `mailto:x@${evil}`, `tel:1`, `intent://${evil}#Intent;end`, `x://${evil}`],
    ...[
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://0x7f.1/',
      'https://2130706433/',
      `https://xn--pp-6kc.example/`,
    ],
    ...[
      `\uff0f\uff0f${evil}`,
      `/\uff0f${evil}`,

      `\u3002//${evil}`,
      `/\uff3c${evil}`,
    ],
    ...[
      `/\u200b/${evil}`,
      `\ufeff//${evil}`,
      `/\u00ad/${evil}`,
      `/\u202e/${evil}`,
      `/\u2028/${evil}`,
    ],
  ],
  'RT-02 class B: targets that leave after one more decoding': [
    ...[
      `/%2f${evil}`,
      `/%2F${evil}`,
      `/%2f%2f${evil}`,
      `/%5c${evil}`,
      `/%5C${evil}`,
      `/%5c%5c${evil}`,
    ],
    ...[
      `/%09/${evil}`,
      `/%0a/${evil}`,
      `/%0d/${evil}`,
      `/%2f%09/${evil}`,
      `/%00/${evil}`,
      `/%0d%0aSet-Cookie:x=1`,
    ],
    ...['/a%0d%0aLocation:https://evil.test', '/a%00', '/a%7f', '/a%c2%85', '/%e2%80%a8/%2f'].slice(
      0,
      3,
    ),
  ],
  'RT-03 class C: targets that leave once they are normalised': [
    ...[
      `/..//${evil}`,
      `/.//${evil}`,
      `/a/..//${evil}`,
      `/./\\${evil}`,
      `/%2e%2e//${evil}`,
      `/%2E//${evil}`,
    ],
    ...[`/a/b/../..//${evil}`, `/.%2e//${evil}`, `/%2e%2e/%2f${evil}`, `/a/..//${evil}/..`],
  ],
  'RT-05 class E: targets that cannot be parsed, or are no path': [
    ...[
      '',
      ' ',
      'app',
      'not-a-url',
      '?x=1',
      '#x',
      '.',
      '..',
      '*',
      ':',
      '@',
      '%',
      '%2f',
      'null',
      'undefined',
    ],
    ...[
      'https://',
      'http://',
      'https://%zz',
      'https://[',
      'https://a:99999',
      '//[',
      '//',
      '///',
      '/%',
      '/%zz',
      '/%c3',
    ],
    ...[`/${'a'.repeat(2_100)}`, '/path\u0000with\u0001control'],
  ],
  'RT-07 targets back into sign-in or sign-out': [
    ...[
      '/auth/web/login',
      '/auth/web/logout',
      '/auth/web/callback?code=x&state=y',
      '/auth/web/refresh',
    ],
    ...[
      '/auth',
      '/auth/',
      '/AUTH/web/login',
      '/%61uth/web/login',
      '/auth%2fweb%2flogin',
      '/x/../auth/web/logout',
    ],
    ...['/./auth/web/login', '/auth/web/login?return_to=/auth/web/login', '/auth/web/login#x'],
  ],
}

/** What stays on the origin, in the form in which it is sent on. */
export const KEPT_TARGETS: readonly (readonly [string, string])[] = [
  ...[
    '/',
    '/app',
    '/app/',
    '/app?x=1&y=2',
    '/app#section',
    '/app?x=1#s',
    '/a%20b',
    '/caf%C3%A9',
  ].map(same),
  ...[
    '/search?q=https://evil.test/',
    '/search?q=//evil.test',
    '/a:b',
    '/@me',
    '/files/a..b.txt',
  ].map(same),
  ...[
    '/t/acme/users/42',
    '/app?next=%2F%2Fevil.test',
    '/a;v=1',
    '/~user',
    '/path%20with%20spaces',
  ].map(same),
  ...['/app?json=%7B%22a%22%3A1%7D', '/search?q=test#results', '/api/v1/data', '/authors'].map(
    same,
  ),
  ['/üser/prøfile', '/%C3%BCser/pr%C3%B8file'],
  ['  /dashboard  ', '/dashboard'],
]

function same(target: string): readonly [string, string] {
  return [target, target]
}
