import type { Html } from '../feature/index.ts'
import { html } from '../feature/index.ts'
import { SECOND_FACTOR_PAGE } from '../identity/index.ts'
import { field } from './field.ts'
import { FORGOT_PAGE } from './page-paths.ts'

/** The form for a name and a password. */
export function passwordWay({
  returnTo,
  isMain,
  passkey,
}: {
  readonly returnTo: string
  /** Whether it is the first thing that people are offered. */
  readonly isMain: boolean
  /** Whether the browser may offer passkeys where the name is typed. */
  readonly passkey: boolean
}): Html {
  return html`<form class="stack" method="post" data-action="POST" action="/auth/web/login" data-second="${SECOND_FACTOR_PAGE}" data-next="${returnTo}">
${field({ name: 'username', label: 'E-mail or user name', fill: passkey ? 'username webauthn' : 'username' })}
${field({ name: 'password', label: 'Password', type: 'password', fill: 'current-password' })}
<input type="hidden" name="return_to" value="${returnTo}">
<button class="button${isMain && ' button-primary'}">Sign in</button>
<p class="muted"><a href="${FORGOT_PAGE}">Forgot your password?</a></p>
</form>`
}

/**
 * The button for a passkey: the browser asks which one.
 * @param autofill whether it may offer them where a name is typed, too
 */
export function passkeyWay(returnTo: string, { autofill }: { readonly autofill: boolean }): Html {
  return html`<form class="choices" method="post" data-action="POST" action="/auth/passkeys/authentication/verify" data-passkey="get" data-options="/auth/passkeys/authentication/options"${autofill && html` data-autofill`} data-second="${SECOND_FACTOR_PAGE}" data-next="${returnTo}">
<input type="hidden" name="return_to" value="${returnTo}">
<button class="button">Sign in with a passkey</button>
</form>`
}
