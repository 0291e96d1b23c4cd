import type { RouteOptions } from 'fastify'
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
  const signIn = `${SIGN_IN_PAGE}?${new URLSearchParams({ return_to: INVITATION_PAGE })}`
  return html`<section class="card narrow stack" aria-labelledby="invitation">
<h1 id="invitation">You are invited</h1>
<p class="muted">Somebody asked you to join them in ${service}.</p>
${principal === undefined ? newcomer(ways, signIn) : member(principal.name)}
${needsScript}
</section>`
}

const ACCEPT = '/auth/invitations/accept'

function member(name: string): Html {
  return html`<p>You are signed in as <strong>${name}</strong>, and join with this account.</p>
<form class="choices" data-action="POST" action="${ACCEPT}" data-next="/" data-second="${SECOND_FACTOR_PAGE}" data-done="You have joined.">
<input type="hidden" name="token" data-link data-keep="invitation">
<button class="button button-primary">Join</button>
</form>`
}

function newcomer(ways: OwnWays, signIn: string): Html {
  return html`<div class="choices"><a class="button${!ways.password && ' button-primary'}" href="${signIn}">I have an account: sign in</a></div>
${
  ways.password &&
  html`<p class="or">or</p>
<form class="stack" data-action="POST" action="${ACCEPT}" data-next="/" data-second="${SECOND_FACTOR_PAGE}" data-done="Your account is there, and you have joined.">
<input type="hidden" name="token" data-link data-keep="invitation">
${field({ name: 'first_name', label: 'First name', fill: 'given-name' })}
${field({ name: 'last_name', label: 'Last name', fill: 'family-name', optional: true })}
${newPassword('password', 'Password')}
<button class="button button-primary">Create an account and join</button>
</form>`
}
${!ways.password && html`<form hidden data-action="POST" action="${ACCEPT}"><input type="hidden" name="token" data-link data-keep="invitation"></form>`}`
}
