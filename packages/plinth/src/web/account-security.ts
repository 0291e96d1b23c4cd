import type { Html } from '../feature/index.ts'
import { html } from '../feature/index.ts'
import type { OwnFactors, RememberedBrowser } from '../identity/index.ts'
import { factorSetup, recoveryCodesTemplate } from './factor-setup.ts'
import { accountName, field } from './field.ts'
import { timeTag } from './time-tag.ts'

/** The password of a person: change it, or give themselves one. @param email by which they sign in */
export function passwordCard({ password }: OwnFactors, email: string | null): Html {
  const done = password
    ? 'Your password is changed, and you are signed out everywhere else.'
    : 'You have a password now.'
  return html`<section class="card stack" aria-labelledby="password-card">
<h2 id="password-card">Password</h2>
${!password && html`<p class="muted">You have none. With one you can also sign in by your e-mail address.</p>`}
<form class="stack narrow-field" method="post" data-action="POST" action="/auth/password-change" data-done="${done}">
${accountName(email)}
${password && field({ name: 'current_password', label: 'Current password', type: 'password', fill: 'current-password' })}
${field({ name: 'new_password', label: 'New password', type: 'password', fill: 'new-password', hint: 'Twelve characters or more are best. Any characters will do.' })}
<div class="cluster"><button class="button">${password ? 'Change the password' : 'Set a password'}</button></div>
</form>
</section>`
}

/** The address of a person, for those who sign in with it. */
export function addressCard(email: string | null): Html {
  return html`<section class="card stack" aria-labelledby="address">
<h2 id="address">E-mail address</h2>
<p class="muted">${email ?? 'You have none that is confirmed.'}</p>
<form class="stack narrow-field" method="post" data-action="POST" action="/auth/email-change" data-show="show-address-sent">
${field({ name: 'email', label: 'New address', type: 'email', fill: 'email', hint: 'It changes once you open the link that we send there.' })}
<div class="cluster"><button class="button">Change the address</button></div>
</form>
<template id="show-address-sent"><p class="notice notice-good">A link is on its way to the new address. Open it in this browser.</p></template>
</section>`
}

/** The second factors of a person, their recovery codes and the browsers that need none. */
export function factorsCard(own: OwnFactors, { passkeys }: { readonly passkeys: number }): Html {
  const { methods, toSetUp, recoveryCodes, remembered } = own
  const has = methods.length + passkeys > 0
  return html`<section class="card stack" aria-labelledby="factors">
<h2 id="factors">Second factors</h2>
<p class="muted">After your password you are asked for one of these${passkeys > 0 && ', or for a passkey'}. Whoever learns your
password alone cannot sign in.</p>
${methods.length === 0 ? html`<p class="empty">You have no second factor yet.</p>` : list(methods)}
${toSetUp.length > 0 && html`<div class="stack divided"><h3>Add one</h3>${factorSetup({ kinds: toSetUp, prepare: '/auth/mfa/setup', confirm: '/auth/mfa/confirm', next: '/account', endsSignIn: false })}</div>`}
${toSetUp.length === 0 && recoveryCodesTemplate('/account')}
${has && codesLeft(recoveryCodes)}
${remembered.length > 0 && browsers(remembered)}
</section>`
}

const KINDS: Readonly<Record<string, string>> = {
  totp: 'Authenticator app',
  email: 'Codes by e-mail',
  sms: 'Codes by SMS',
}

function list(methods: OwnFactors['methods']): Html {
  return html`<ul class="entries">
${methods.map(({ id, kind, label, address, created_at: since, last_used_at: used }) => {
  const name = label ?? KINDS[kind] ?? kind
  return html`<li>
<div class="entry-text">
<p><strong>${name}</strong></p>
${address !== null && html`<p class="muted">${address}</p>`}
<p class="hint">Added ${timeTag(since)}${used !== null && html`, last used ${timeTag(used)}`}</p>
</div>
<form method="post" data-action="DELETE" action="/auth/mfa/${id}" data-done="The second factor is removed.">
<button class="button button-danger">Remove<span class="visually-hidden"> ${name}</span></button>
</form>
</li>
`
})}
</ul>`
}

function codesLeft(left: number): Html {
  const said = left === 1 ? 'One is left' : `${left} are left`
  return html`<div class="stack divided">
<h3>Recovery codes</h3>
<p class="muted">For the day when you lose your device: each signs you in once. ${said}.</p>
<form method="post" data-action="POST" action="/auth/mfa/recovery-codes" data-show="show-codes">
<button class="button">Make new recovery codes</button>
</form>
</div>`
}

function browsers(remembered: readonly RememberedBrowser[]): Html {
  return html`<div class="stack divided">
<h3>Browsers that are not asked</h3>
<ul class="entries">
${remembered.map(
  ({ id, device, created_at: since, expires_at: until }) => html`<li>
<div class="entry-text"><p><strong>${device}</strong></p>
<p class="hint">Since ${timeTag(since)}, until ${timeTag(until)}</p></div>
<form method="post" data-action="DELETE" action="/auth/mfa/devices/${id}" data-done="That browser is asked again.">
<button class="button">Ask again<span class="visually-hidden"> in ${device}, since ${timeTag(since)}</span></button>
</form>
</li>
`,
)}
</ul>
</div>`
}
