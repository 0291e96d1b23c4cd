import { html } from 'plinth'
import type { Html } from 'plinth/feature'

/** Where people belong to organisations: for somebody who has not entered one yet. */
export const organisationCards: Html = html`<section class="card stack" aria-labelledby="create">
<h2 id="create">Create an organisation</h2>
<form class="stack" method="post" data-action="POST" action="/tenants" data-done="The organisation is there. Enter it by its short name.">
<div class="field">
<label for="name">Name</label>
<input id="name" name="name" required maxlength="200" autocomplete="organization" aria-describedby="name-hint">
<p class="hint" id="name-hint">For example Acme Ltd.</p>
</div>
<div class="field">
<label for="slug">Short name</label>
<input id="slug" name="slug" required maxlength="63" pattern="[a-z0-9\\-]+" autocomplete="off" aria-describedby="slug-hint">
<p class="hint" id="slug-hint">Small letters, digits and hyphens: acme</p>
</div>
<div class="cluster"><button class="button button-primary">Create it</button></div>
</form>
</section>
<section class="card stack" aria-labelledby="enter">
<h2 id="enter">Enter an organisation</h2>
<form class="stack" method="post" data-action="POST" action="/auth/switch-tenant" data-done="You have entered it.">
<div class="field">
<label for="tenant">Its short name</label>
<input id="tenant" name="tenant" required maxlength="63" autocomplete="off" aria-describedby="tenant-hint">
<p class="hint" id="tenant-hint">You are a member by creating it, or by the link of an invitation.</p>
</div>
<div class="cluster"><button class="button">Enter it</button></div>
</form>
</section>`
