import { randomBytes } from 'node:crypto'
import { Html, type HtmlValue, html } from '../../feature/index.ts'
import type { ProviderUser } from './seeded-users.ts'

/** A page and the policy that it must travel with. */
export interface ProviderPage {
  readonly body: string
  readonly contentSecurityPolicy: string
}

/** What the sign-in page shows. */
export interface LoginView {
  readonly action: string
  readonly clientId: string
  readonly username: string
  readonly wrongPassword: boolean
  readonly users: readonly ProviderUser[]
}

/** The sign-in form: one field each, no script, the seeded people named below it. */
export function loginPage(view: LoginView): ProviderPage {
  const error =
    view.wrongPassword &&
    html`<p class="error" role="alert" id="wrong">That user name and password do not belong together. Try again.</p>`
  const described = view.wrongPassword ? html` aria-invalid="true" aria-describedby="wrong"` : ''
  return providerPage(
    'Sign in',
    html`<h1>Sign in</h1>
<p class="quiet">to <strong>${view.clientId}</strong>, on this machine</p>
${error}
<form method="post" action="${view.action}">
<label for="username">User name</label>
<input id="username" name="username" value="${view.username}" autocomplete="username" autocapitalize="none" spellcheck="false" required${described}${view.username === '' ? html` autofocus` : ''}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${described}${view.username === '' ? '' : html` autofocus`}>
<button type="submit">Sign in</button>
</form>
${seeded(view.users)}`,
  )
}

function seeded(users: readonly ProviderUser[]): Html {
  return html`<aside aria-label="People who can sign in here">
<h2>Development users</h2>
<ul>${users.map((user) => html`<li><code>${user.username}</code> / <code>${user.password}</code> <span>${user.name}</span></li>`)}</ul>
</aside>`
}

/** A page that only says something: a refused request, a finished sign-out. */
export function messagePage(title: string, text: string): ProviderPage {
  return providerPage(title, html`<h1>${title}</h1><p>${text}</p>`)
}

/** The question that a person is asked when a sign-out did not prove which session it means. */
export function logoutPage(form: string): ProviderPage {
  return providerPage(
    'Sign out',
    html`<h1>Sign out</h1>
<p>Do you want to sign out of the development identity provider?</p>
${new Html(form)}
<button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>`,
  )
}

function providerPage(title: string, content: HtmlValue): ProviderPage {
  const nonce = randomBytes(16).toString('base64')
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · development identity provider</title>
<style nonce="${nonce}">${new Html(STYLE)}</style>
</head>
<body><main>${content}</main>
<footer>Development identity provider. It never runs in production.</footer></body>
</html>`
  return { body: page.html, contentSecurityPolicy: policy(nonce) }
}

/**
 * Chromium applies `form-action` to every redirect that follows a form, and a sign-in ends at the
 * service and perhaps at its front end: any loopback port may be one of them.
 */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    "form-action 'self' http://localhost:* http://127.0.0.1:* https://localhost:*",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

const STYLE = `
:root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--text:#1b1f24;--quiet:#57606a;--line:#8c959f;--accent:#0b57d0;--on-accent:#fff;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--ground:#0f1216;--card:#191e24;--text:#e8eaed;--quiet:#a3adb8;--line:#6b7680;--accent:#a8c7fa;--on-accent:#062e6f;--bad:#f2b8b5}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-content:center;gap:1rem;padding:1rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
main{width:min(24rem,calc(100vw - 2rem));padding:2rem;background:var(--card);border-radius:.75rem;box-shadow:0 1px 2px #0002,0 8px 24px #0001}
h1{margin:0;font-size:1.5rem;line-height:1.25}h2{margin:0 0 .5rem;font-size:.875rem}
p{margin:.25rem 0 0}.quiet,footer,aside{color:var(--quiet)}
label{display:block;margin:1rem 0 .25rem;font-weight:600;font-size:.875rem}
input{width:100%;padding:.625rem .75rem;border:1px solid var(--line);border-radius:.5rem;background:var(--card);color:inherit;font:inherit}
button{width:100%;margin-top:1.5rem;padding:.75rem;border:0;border-radius:.5rem;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.error{margin-top:1rem;padding:.625rem .75rem;border:1px solid var(--bad);border-radius:.5rem;color:var(--bad)}
aside{margin-top:1.5rem;padding-top:1rem;border-top:1px solid color-mix(in srgb,var(--line) 40%,transparent);font-size:.875rem}
ul{margin:0;padding:0;list-style:none}li{padding:.125rem 0}li span{float:right}
footer{max-width:24rem;text-align:center;font-size:.75rem}
`
