import type { Context } from '../../feature/index.ts'
import { html } from '../../feature/index.ts'
import type { CookieRule } from '../sessions/cookie.ts'

/**
 * Whether a browser came here from another site and so kept a `SameSite=Strict` cookie back: all of
 * a redirect chain counts as that site's, whoever answers last (RFC 6265bis 5.2). A browser that
 * does not say where it comes from is taken as it is.
 */
export function keptStrictBack(
  { sameSite }: CookieRule,
  { request }: Pick<Context, 'request'>,
): boolean {
  return sameSite === 'strict' && request.headers['sec-fetch-site'] === 'cross-site'
}

/**
 * Answers with a page of our own that goes to the same address at once. That step is ours: with it
 * the browser sends the cookie that it keeps back from other sites' steps. Nothing was used up yet.
 */
export function takeOwnStep({ request, reply }: Pick<Context, 'request' | 'reply'>): void {
  // A single quote would end the address in the instruction below.
  const address = request.url.replaceAll("'", '%27')
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="0; url='${address}'">
<title>Signing in</title>
</head>
<body>
<p>Signing you in. <a href="${address}">Go on</a> if nothing happens.</p>
</body>
</html>
`
  reply
    .code(200)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', POLICY)
    .send(page.html)
}

// Nothing loads and nothing runs; but no sandbox, in which a page may not go on by itself.
const POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
