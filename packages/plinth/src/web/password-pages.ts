import type { RouteOptions } from 'fastify'
import { inPerson, open } from '../access/index.ts'
import { html, page } from '../feature/index.ts'
import { ACCOUNT_PAGES } from '../identity/index.ts'
import { ACCOUNT_PAGE } from './account-page.ts'
import { field } from './field.ts'
import { newPassword } from './join-pages.ts'
import { needsScript } from './needs-script.ts'
import { FORGOT_PAGE, SIGN_IN_PAGE } from './page-paths.ts'

/** The pages for a forgotten password and for a new address. */
export function passwordPages(): readonly RouteOptions[] {
  return [forgotPage(), resetPage(), emailChangePage()]
}

function forgotPage(): RouteOptions {
  return page(FORGOT_PAGE, {
    access: open('somebody forgot their password'),
    title: 'Forgot your password?',
    tenant: 'none',
    render: () => forgot,
  })
}

const forgot = html`<section class="card narrow stack" aria-labelledby="forgot">
<h1 id="forgot">Forgot your password?</h1>
<p class="muted">We send a link to the address of your account. With it you set a new one.</p>
<form class="stack" method="post" data-action="POST" action="/auth/password-reset-request" data-show="show-sent">
${field({ name: 'email', label: 'E-mail or user name', fill: 'username' })}
<button class="button button-primary">Send the link</button>
</form>
<template id="show-sent">
<div class="stack">
<h2>Look into your mailbox</h2>
<p>If there is such an account, a link is on its way. It works once, and not for long. Nothing there after some minutes? Look
into the folder for unwanted mail, or try again.</p>
</div>
</template>
<p class="muted divided"><a href="${SIGN_IN_PAGE}">Back to signing in</a></p>
${needsScript}
</section>`

function resetPage(): RouteOptions {
  return page(ACCOUNT_PAGES.resetPassword, {
    access: open('the link that was sent leads here'),
    title: 'Set a new password',
    tenant: 'none',
    render: () => reset,
  })
}

const reset = html`<section class="card narrow stack" aria-labelledby="reset">
<h1 id="reset">Set a new password</h1>
<p class="muted">You are signed out everywhere, and sign in with the new one.</p>
<form class="stack" method="post" data-action="POST" action="/auth/password-reset" data-next="${SIGN_IN_PAGE}" data-done="The new password is set. Sign in with it.">
<input type="hidden" name="token" data-link>
${newPassword('new_password', 'New password')}
<button class="button button-primary">Set the password</button>
</form>
<p class="muted divided">The link does not work? <a href="${FORGOT_PAGE}">Ask for a new one</a></p>
${needsScript}
</section>`

function emailChangePage(): RouteOptions {
  return page(ACCOUNT_PAGES.emailChange, {
    access: inPerson(),
    title: 'Confirm your new address',
    tenant: 'none',
    render: () => emailChange,
  })
}

const emailChange = html`<section class="card narrow stack" aria-labelledby="change">
<h1 id="change">Confirm your new address</h1>
<p class="muted">From then on, mail to you goes there, and you sign in with it.</p>
<form class="choices" method="post" data-action="POST" action="/auth/email-change/confirm" data-next="${ACCOUNT_PAGE}" data-done="Your new address is confirmed.">
<input type="hidden" name="token" data-link>
<button class="button button-primary">Use the new address</button>
</form>
${needsScript}
</section>`
