import type { RouteOptions } from 'fastify'
import type { Principal } from '../access/index.ts'
import { open } from '../access/index.ts'
import type { Context, Html } from '../feature/index.ts'
import { html, page } from '../feature/index.ts'
import type { OwnWays } from '../identity/index.ts'
import { INVITATION_PAGE, SECOND_FACTOR_PAGE } from '../identity/index.ts'
import { field } from './field.ts'
import { newPassword } from './join-pages.ts'
import { needsScript } from './needs-script.ts'
import { SIGN_IN_PAGE } from './page-paths.ts'

/** What the page of invitations is given. */
export interface InvitationDeps {
  /** Name of the service. */
  readonly service: string
  readonly ways: OwnWays
}

/** The page on which somebody accepts an invitation: with their account, or with a new one. */
export function invitationPage(deps: InvitationDeps): RouteOptions {
  return page(INVITATION_PAGE, {
    access: open('the link of an invitation leads here'),
    title: 'You are invited',
    tenant: 'none',
    render: (context) => render(deps, context),
  })
}

function render({ service, ways }: InvitationDeps, { principal }: Context): Html {
  return html`<section class="card narrow stack" aria-labelledby="invitation">
<h1 id="invitation">You are invited</h1>
<div class="stack" data-look="/auth/invitations/look" data-step hidden>
<p>Somebody asked you to join them in ${service}.</p>
<dl class="facts">
<div data-when="tenant"><dt>Organisation</dt><dd data-fill="tenant.name"></dd></div>
<div><dt>Sent to</dt><dd data-fill="email"></dd></div>
<div><dt>Open until</dt><dd><time data-fill="expires_at"></time></dd></div>
</dl>
${principal === undefined ? newcomer(ways) : member(principal)}
<form class="stack divided" method="post" data-action="POST" action="/auth/invitations/decline" data-show="show-declined">
${token}
<p class="hint">You do not want to, or know nobody there? Say so, and whoever asked you sees it; or close this page, and the invitation runs out.</p>
<div class="choices"><button class="button">Decline</button></div>
</form>
</div>
<template id="show-declined">
<div class="stack">
<h2>You have declined</h2>
<p>Whoever asked you sees it. Should you change your mind, they can invite you again.</p>
</div>
</template>
${needsScript}
</section>`
}

const ACCEPT = '/auth/invitations/accept'
const SIGN_IN = `${SIGN_IN_PAGE}?${new URLSearchParams({ return_to: INVITATION_PAGE })}`
const token = html`<input type="hidden" name="token" data-link data-keep="invitation">`

/** An invitation is for whoever has its address: which account that is, people see before they join. */
function member({ name, email }: Principal): Html {
  return html`<p>You are signed in as <strong>${name}</strong>${email && ` (${email})`}, and join with this account.</p>
<form class="choices" method="post" data-action="POST" action="${ACCEPT}" data-next="/" data-second="${SECOND_FACTOR_PAGE}" data-done="You have joined.">
${token}
<button class="button button-primary">Join</button>
</form>
<p class="muted">That is somebody else? <a href="${SIGN_IN}">Sign in as yourself</a></p>`
}

function newcomer(ways: OwnWays): Html {
  return html`<div class="stack" data-when="needs=sign_in">
<p>Sign in with the account that has this address, then join.</p>
<div class="choices"><a class="button button-primary" href="${SIGN_IN}">Sign in</a></div>
${token}
</div>
<div class="stack" data-when="needs=account">
${ways.password && newAccount}
${!ways.password && html`<p>Sign in with an account that has this address, then join.</p>`}
<div class="choices"><a class="button${!ways.password && ' button-primary'}" href="${SIGN_IN}">I have an account: sign in</a></div>
${token}
</div>`
}

const newAccount = html`<form class="stack" method="post" data-action="POST" action="${ACCEPT}" data-next="/" data-second="${SECOND_FACTOR_PAGE}" data-done="Your account is there, and you have joined.">
${token}
${field({ name: 'first_name', label: 'First name', fill: 'given-name' })}
${field({ name: 'last_name', label: 'Last name', fill: 'family-name', optional: true })}
${newPassword('password', 'Password')}
<button class="button button-primary">Create an account and join</button>
</form>
<p class="or">or</p>`
