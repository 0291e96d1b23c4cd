import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../access/index.ts'
import type { Context, Html } from '../feature/index.ts'
import { html, page } from '../feature/index.ts'
import type { OwnWays } from '../identity/index.ts'
import { ACCOUNT_PAGES } from '../identity/index.ts'
import { field } from './field.ts'
import { needsScript } from './needs-script.ts'
import { SIGN_IN_PAGE, SIGN_UP_PAGE } from './page-paths.ts'

/** What the pages for newcomers are given. */
export interface JoinDeps {
  /** Name of the service. */
  readonly service: string
  readonly ways: OwnWays
  /** Where somebody goes after it: what was asked for, if it is safe. */
  readonly returnTo: (asked: unknown) => string
}

/** The pages on which somebody makes an account, and confirms its address. */
export function joinPages(deps: JoinDeps): readonly RouteOptions[] {
  return [signUpPage(deps), verifyPage()]
}

function signUpPage(deps: JoinDeps): RouteOptions {
  return page(SIGN_UP_PAGE, {
    access: open('somebody makes an account'),
    title: 'Create an account',
    tenant: 'none',
    query: { return_to: z.unknown().optional() },
    anyQuery: true,
    render: (context) => (deps.ways.registration ? signUp(deps, context) : closed),
  })
}

function signUp({ service, returnTo }: JoinDeps, { request }: Context): Html {
  const { return_to: asked } = request.query as { readonly return_to?: unknown }
  const back = new URLSearchParams({ return_to: returnTo(asked) })
  return html`<section class="card narrow stack" aria-labelledby="sign-up">
<h1 id="sign-up">Create an account</h1>
<p class="muted">For ${service}. We send you a link to confirm that the address is yours.</p>
<form class="stack" method="post" data-action="POST" action="/auth/register" data-show="show-sent">
${field({ name: 'first_name', label: 'First name', fill: 'given-name' })}
${field({ name: 'last_name', label: 'Last name', fill: 'family-name', optional: true })}
${field({ name: 'email', label: 'E-mail address', type: 'email', fill: 'username' })}
${newPassword('password', 'Password')}
<button class="button button-primary">Create the account</button>
</form>
<template id="show-sent">
<div class="stack">
<h2>Look into your mailbox</h2>
<p>If the address can be used, a link is on its way to it. Open it in this browser to finish. Nothing there after some
minutes? Look into the folder for unwanted mail, or try again.</p>
</div>
</template>
<p class="muted divided">You have an account? <a href="${SIGN_IN_PAGE}?${back.toString()}">Sign in</a></p>
${needsScript}
</section>`
}

/** A field for a password that is chosen now. */
export function newPassword(name: string, label: string): Html {
  const hint = 'Twelve characters or more are best. Any characters will do.'
  return field({ name, label, type: 'password', fill: 'new-password', hint })
}

const closed = html`<section class="card narrow stack">
<h1>Accounts are made by invitation</h1>
<p>Ask somebody of the service to invite you; the link in their mail leads you on.</p>
<div class="choices"><a class="button button-primary" href="${SIGN_IN_PAGE}">Sign in</a></div>
</section>`

function verifyPage(): RouteOptions {
  return page(ACCOUNT_PAGES.verifyEmail, {
    access: open('the link that was sent leads here'),
    title: 'Confirm your address',
    tenant: 'none',
    render: () => verify,
  })
}

// Opening the page changes nothing: mail scanners open links too (MF-45).
const verify = html`<section class="card narrow stack" aria-labelledby="verify">
<h1 id="verify">Confirm your address</h1>
<p class="muted">One click, and your account is there.</p>
<form class="stack" method="post" data-action="POST" action="/auth/verify-email" data-next="${SIGN_IN_PAGE}" data-done="Your address is confirmed. Sign in with it and your password.">
<input type="hidden" name="token" data-link>
<details class="unfold">
<summary class="as-link">Did you begin in another browser?</summary>
${field({ name: 'password', label: 'The password that you chose', type: 'password', fill: 'current-password', optional: true })}
</details>
<button class="button button-primary">Confirm the address</button>
</form>
${needsScript}
</section>`
