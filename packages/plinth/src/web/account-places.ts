import type { Html } from '../feature/index.ts'
import { html } from '../feature/index.ts'
import type { OwnDevice } from '../identity/index.ts'
import { timeTag } from './time-tag.ts'

/** Where a person is signed in, and the ways to end it. */
export function places(devices: readonly OwnDevice[]): Html {
  return html`<section class="card stack" aria-labelledby="places">
<h2 id="places">Where you are signed in</h2>
<ul class="entries">
${devices.map(place)}
</ul>
<div class="cluster divided">
<form method="post" data-action="POST" action="/auth/web/logout"><button class="button">Sign out here</button></form>
${devices.length > 1 && everywhereElse}
</div>
</section>`
}

const everywhereElse = html`<form method="post" data-action="DELETE" action="/auth/sessions" data-done="You are signed out everywhere else.">
<button class="button button-danger">Sign out everywhere else</button>
</form>`

function place(session: OwnDevice): Html {
  const { device, ip_address: address, last_seen_at: seen, is_current: current } = session
  return html`<li>
<div class="entry-text">
<p><strong>${device}</strong>${current && html` <span class="badge">this browser</span>`}</p>
<p class="muted">Address ${address ?? 'unknown'}</p>
<p class="hint">Signed in ${timeTag(session.created_at)}, last used ${timeTag(seen)}</p>
</div>
${!current && endForm(session)}
</li>
`
}

function endForm({ id, device, created_at: since }: OwnDevice): Html {
  return html`<form method="post" data-action="DELETE" action="/auth/sessions/${id}" data-done="That session is over.">
<button class="button">Sign out<span class="visually-hidden"> ${device}, signed in ${timeTag(since)}</span></button>
</form>`
}
