import type { Html } from '../feature/index.ts'
import { html } from '../feature/index.ts'
import type { OwnPasskey } from '../identity/index.ts'
import { timeTag } from './time-tag.ts'

/** The passkeys of a person: add, rename, remove. */
export function passkeys(own: readonly OwnPasskey[]): Html {
  return html`<section class="card stack" aria-labelledby="passkeys">
<h2 id="passkeys">Passkeys</h2>
<p class="muted">A passkey signs you in with the fingerprint, face or PIN of your device. There is nothing to remember,
and no other site can ask for it. Once you have one, signing in another way asks for it as a second step.</p>
${own.length === 0 ? html`<p class="empty">You have no passkey yet.</p>` : entries(own)}
<form class="stack divided" method="post" data-action="POST" action="/auth/passkeys/registration/verify" data-passkey="create" data-options="/auth/passkeys/registration/options" data-show="show-codes" data-show-if="recovery_codes" data-done="The passkey is added. It signs you in from now on.">
<div class="field narrow-field">
<label for="passkey-name">Name of the new passkey <span class="muted">(optional)</span></label>
<input id="passkey-name" name="name" maxlength="60" autocomplete="off" aria-describedby="passkey-name-hint">
<p class="hint" id="passkey-name-hint">So that you know it later, for example “Blue phone”.</p>
</div>
<div class="cluster"><button class="button">Add a passkey</button></div>
</form>
</section>`
}

function entries(own: readonly OwnPasskey[]): Html {
  return html`<ul class="entries">
${own.map(entry)}
</ul>`
}

function entry(passkey: OwnPasskey): Html {
  const { id, name, synced, created_at: added, last_used_at: used } = passkey
  return html`<li>
<div class="entry-text">
<p><strong>${name}</strong>${synced && html` <span class="badge">on several devices</span>`}</p>
<p class="hint">Added ${timeTag(added)}, ${used === null ? 'not used yet' : html`last used ${timeTag(used)}`}</p>
</div>
<div class="cluster">
<details class="unfold">
<summary class="button">Rename<span class="visually-hidden"> ${name}</span></summary>
<form class="stack" method="post" data-action="PATCH" action="/auth/passkeys/${id}" data-done="The passkey has a new name.">
<div class="field">
<label for="name-${id}">New name</label>
<input id="name-${id}" name="name" value="${name}" maxlength="60" autocomplete="off" required aria-describedby="name-${id}-hint">
<p class="hint" id="name-${id}-hint"></p>
</div>
<button class="button">Save the name</button>
</form>
</details>
<form method="post" data-action="DELETE" action="/auth/passkeys/${id}" data-done="The passkey is removed. It signs you in no more.">
<button class="button button-danger">Remove<span class="visually-hidden"> ${name}</span></button>
</form>
</div>
</li>
`
}
