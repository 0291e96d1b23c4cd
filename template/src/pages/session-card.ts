import { html } from 'plinth'
import type { Placement, Principal } from 'plinth/access'
import type { Html } from 'plinth/feature'

const WHEN = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const

/** Who is signed in, where they stand, and the way out. */
export function sessionCard(principal: Principal, placement: Placement | undefined): Html {
  const since = new Date(principal.credential.authenticatedAt * 1000)
  return html`<section class="card stack" aria-labelledby="session">
<h2 id="session">Your session</h2>
<dl class="facts">
${fact('Name', principal.name)}
${fact('E-mail', principal.email ?? 'not given')}
${fact('Tenant', html`<span class="code">${placement?.tenant ?? 'none'}</span>`)}
${fact('You may', html`<span class="cluster">${grants(placement?.permissions ?? [])}</span>`)}
${fact('Signed in', html`<time datetime="${since.toISOString()}">${since.toLocaleString('en-GB', WHEN)} UTC</time>`)}
</dl>
<form method="post" data-action="POST" action="/auth/web/logout">
<button class="button">Sign out</button>
</form>
</section>`
}

function fact(name: string, value: Html | string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}

const MOST_SHOWN = 6

function grants(permissions: readonly string[]): Html[] {
  if (permissions.length === 0) return [html`<span class="muted">nothing yet</span>`]
  if (permissions.includes('*')) return [html`<span class="badge">everything</span>`]
  const shown = permissions
    .slice(0, MOST_SHOWN)
    .map((name) => html`<span class="badge">${name}</span>`)
  const more = permissions.length - shown.length
  return more > 0 ? [...shown, html`<span class="muted">and ${more} more</span>`] : shown
}
