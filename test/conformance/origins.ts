import { FRONT, OWN } from './service.ts'

const host = 'app.example'

/** Vectors by the row that they prove. */
export type Vectors = Readonly<Record<string, readonly string[]>>

/**
 * Origins that a browser could be made to send, or that a check by text or by parser lets through
 * (security.md 5.2), by group.
 */
export const FOREIGN: Vectors = {
  'OR-01 null, empty and star origins': [
    ...['null', 'NULL', 'Null', 'nul', 'undefined', 'true', '', '*', 'https://*', '*.example'],
    ...['https://*.example', 'https://?.example', '.*', 'https://.*'],
  ],
  'OR-02 suffix, prefix and look-alike hosts': [
    ...[`${OWN}.evil.test`, `${OWN}evil`, `${OWN}-evil.test`, `${OWN}.evil`, `${OWN}x`],
    ...[
      `https://evil${host}`,
      `https://evil-${host}`,
      'https://appxexample',
      'https://app-example',
    ],
    ...['https://app_example', 'https://app.examplf', 'https://app.exampl', 'https://pp.example'],
    ...[`${FRONT}.evil.test`, 'https://xfront.example:8443', 'https://app.example1'],
  ],
  'OR-03 sub-domain, sibling and parent hosts': [
    ...[`https://www.${host}`, `https://x.y.${host}`, 'https://api.example', 'https://example'],
    ...['https://front.example', `https://app.${host}`, `https://xn--.${host}`],
  ],
  'OR-04 another scheme or port': [
    ...[`http://${host}`, `http://${host}:443`, `http://${host}:80`, `${OWN}:8443`, `${OWN}:443`],
    ...[`${OWN}:80`, `${OWN}:0443`, `${OWN}:`, `${OWN}:0`, `${OWN}:99999`, `${OWN}:-443`],
    ...[
      `wss://${host}`,
      `ws://${host}`,
      `ftp://${host}`,
      `ssh://${host}`,
      'https://front.example:443',
    ],
    ...['https://front.example:84430', 'https://front.example:443', 'http://front.example:8443'],
    ...[
      'https://front.example:08443',
      `https:/${host}`,
      `https:${host}`,
      `//${host}`,
      host,
      `:${host}`,
    ],
    ...['https://', 'https:', 'https', `https:///${host}`, `https:\\\\${host}`, `https//${host}`],
  ],
  'OR-05 path, query, slash or upper case': [
    ...[`${OWN}/`, `${OWN}//`, `${OWN}/path`, `${OWN}?`, `${OWN}?x=1`, `${OWN}#`, `${OWN}#x`],
    ...[
      `${OWN};x`,
      `${OWN}/..`,
      `${OWN}/%2e`,
      `${FRONT}/`,
      `${FRONT}?`,
      `https://evil.test/${OWN}`,
    ],
    ...[`https://evil.test?${OWN}`, `https://evil.test#${OWN}`, `https://evil.test/?${OWN}`],
    ...['HTTPS://app.example', 'https://APP.EXAMPLE', 'https://App.Example', 'Https://app.example'],
  ],
  'OR-06 trailing dots, user info and odd characters': [
    ...[
      `${OWN}.`,
      `${OWN}..`,
      `https://.${host}`,
      'https://app..example',
      'https://front.example.:8443',
    ],
    ...[`https://user@${host}`, `https://user:x@${host}`, `https://@${host}`, `${OWN}@evil.test`],
    ...[`https://evil.test@${host}`, `${OWN}:443@evil.test`, `https://evil.test:x@${host}`],
    ...[
      `https://${host}%40evil.test`,
      `${OWN}\\`,
      `${OWN}\\.evil.test`,
      `https://evil.test\\@${host}`,
    ],
    ...[`https://evil.test\\.${host}`, `${OWN}\``, `${OWN}{`, `${OWN}_`, `${OWN}"`, `"${OWN}"`],
    ...[`'${OWN}'`, `<${OWN}>`, `[${OWN}]`, `${OWN}|`, `${OWN}^`, `${OWN}&`, `${OWN}=`, `${OWN}!`],
    ...[
      `${OWN}$`,
      `${OWN}(`,
      `${OWN}+`,
      `${OWN}~`,
      `https://ap p.example`,
      `https://app\t.example`,
    ],
  ],
  'OR-07 lists of origins': [
    ...[
      `${OWN}, https://evil.test`,
      `https://evil.test, ${OWN}`,
      `${OWN},${OWN}`,
      `${OWN}, ${FRONT}`,
    ],
    ...[`${OWN} https://evil.test`, `https://evil.test ${OWN}`, `${OWN} ${OWN}`, `${OWN} null`],
    ...[`null, ${OWN}`, `${OWN}, null`, `${OWN};https://evil.test`, `${OWN}\thttps://evil.test`],
    ...[`${OWN},`, `,${OWN}`, `${OWN}|https://evil.test`],
  ],
  'OR-08 look-alike international and numeric hosts': [
    ...['https://\u0430pp.example', 'https://xn--pp-6kc.example', 'https://\uff41pp.example'],
    ...['https://app\u3002example', 'https://ap\u00adp.example', 'https://xn--app-example'],
    ...[
      'https://app.xn--example',
      'https://\u24d0pp.example',
      `${OWN}\u00a0`,
      `\u00a0${OWN}`,
      `${OWN}\u200b`,
    ],
    ...['https://127.0.0.1', 'https://[::1]', 'https://[::ffff:127.0.0.1]', 'https://2130706433'],
    ...[
      'https://0x7f.1',
      'https://0',
      'https://localhost',
      'http://localhost',
      'http://localhost:3000',
    ],
    ...[
      'http://localhost:8000',
      'https://localhost:8443',
      `https://[${host}]`,
      'https://[::1]:443',
    ],
  ],
  'OR-09 extension, file and other schemes': [
    ...['chrome-extension://abcdef', 'moz-extension://abcdef', 'safari-web-extension://abcdef'],
    ...['file://', 'file:///app.example', 'file://app.example', 'capacitor://localhost'],
    ...['ionic://localhost', 'app://localhost', 'tauri://localhost', 'about:blank', 'about:srcdoc'],
    ...[`blob:${OWN}`, `blob:${OWN}/8f2b`, `data:text/html,${OWN}`, `javascript:${OWN}`],
    ...[`view-source:${OWN}`, `android-app://${host}`, 'opaque', 'app.example://'],
  ],
  'OR-10 oversized and escaped origins': [
    ...['https://app%2eexample', 'https://app%2Eexample', 'https://%61pp.example', `${OWN}%00`],
    ...[
      `${OWN}%20`,
      `${OWN}%09`,
      `${OWN}%0d%0aX-Y: z`,
      `${OWN}\\r\\nX-Y: z`,
      `${OWN}%2f`,
      `${OWN}%5c`,
    ],
    ...[
      'https&#58;//app.example',
      'https\\u003a//app.example',
      `https://${'a'.repeat(9_000)}.example`,
    ],
    ...[`${OWN}${'/'.repeat(5_000)}`, `${OWN}${'.'.repeat(5_000)}`, `${'a'.repeat(9_000)}${OWN}`],
  ],
}

/** Every origin of every group. */
export const FOREIGN_ORIGINS: readonly string[] = Object.values(FOREIGN).flat()

/** What a header carries on the wire: the bytes of UTF-8, as Node writes Latin-1. */
export function onTheWire(origin: string): string {
  return Buffer.from(origin, 'utf8').toString('latin1')
}
