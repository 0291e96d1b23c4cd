import type { Html } from '../feature/index.ts'
import { html } from '../feature/index.ts'
import { field } from './field.ts'

/** Where a second factor is set up, and where its first code goes. */
export interface FactorSetup {
  /** Kinds that can be set up: `passkey`, `totp`, `sms`, `email`. */
  readonly kinds: readonly string[]
  /** Path that prepares one. */
  readonly prepare: string
  /** Path that takes its first code. */
  readonly confirm: string
  /** Where the person goes on, once they have kept their recovery codes. */
  readonly next: string
  /** Whether it ends a sign-in: the answer says where the person goes on, and the card is a narrow one. */
  readonly endsSignIn: boolean
}

/** Forms for the second factors that somebody could set up, and what follows on each. */
export function factorSetup(setup: FactorSetup): Html {
  return html`<div class="${setup.endsSignIn ? 'choices' : 'cluster'}" data-step>
${setup.kinds.map((kind) => FORMS[kind]?.(setup))}
</div>
<template id="show-app">${appSteps(setup)}</template>
<template id="show-sent">${sentSteps(setup)}</template>
${recoveryCodesTemplate(setup.next)}`
}

/** A passkey is the first factor within a sign-in only; an account adds further ones elsewhere. */
const NEW_PASSKEY = '/auth/mfa/enrolment/passkey-options'

const FORMS: Readonly<Record<string, (setup: FactorSetup) => Html>> = {
  passkey: ({
    confirm,
    next,
  }) => html`<form method="post" data-action="POST" action="${confirm}" data-passkey="create" data-as="new_passkey" data-options="${NEW_PASSKEY}" data-show="show-codes" data-show-if="recovery_codes" data-next="${next}" data-done="The passkey is added.">
${returnTo(next)}
<button class="button button-primary">Make a passkey</button>
</form>
`,
  totp: ({
    prepare,
  }) => html`<form method="post" data-action="POST" action="${prepare}" data-show="show-app">
<input type="hidden" name="kind" value="totp">
<button class="button">Set up an authenticator app</button>
</form>
`,
  email: ({
    prepare,
  }) => html`<form method="post" data-action="POST" action="${prepare}" data-show="show-sent">
<input type="hidden" name="kind" value="email">
<button class="button">Use codes by e-mail</button>
</form>
`,
  sms: ({ prepare }) => html`<details class="unfold">
<summary class="button">Use codes by SMS</summary>
<form class="stack" method="post" data-action="POST" action="${prepare}" data-show="show-sent">
<input type="hidden" name="kind" value="sms">
${field({ name: 'phone', label: 'Telephone number', type: 'tel', fill: 'tel', hint: 'With the code of your country: +49 151 12345678.' })}
<button class="button">Send a code</button>
</form>
</details>
`,
}

function appSteps(setup: FactorSetup): Html {
  return html`<div class="stack" data-step>
<h3>Add this service to your app</h3>
<p>Open your authenticator app and scan this picture.</p>
<p><img class="qr" data-fill="qr_svg" alt="QR code for your authenticator app" width="200" height="200"></p>
<p>No camera? Type this key into the app: <span class="code" data-fill="secret"></span></p>
${confirmForm(setup, { id: 'app-code', hint: 'The six digits that the app shows now.' })}
</div>`
}

function sentSteps(setup: FactorSetup): Html {
  return html`<div class="stack" data-step>
<h3>Type the code that you got</h3>
<p>It went to <strong data-fill="sent_to"></strong>.</p>
${confirmForm(setup, { id: 'sent-code', hint: 'Six digits. It may take a minute to arrive.' })}
</div>`
}

function confirmForm(
  { confirm, next, endsSignIn }: FactorSetup,
  { id, hint }: { readonly id: string; readonly hint: string },
): Html {
  return html`<form class="stack${!endsSignIn && ' narrow-field'}" method="post" data-action="POST" action="${confirm}" data-show="show-codes" data-show-if="recovery_codes" data-next="${next}" data-done="The second factor is set up.">
<input type="hidden" name="method_id" data-fill="method_id">
${endsSignIn && returnTo(next)}
${codeField({ id, label: 'Code', hint })}
<div class="cluster"><button class="button button-primary">Confirm</button></div>
</form>`
}

function returnTo(next: string): Html {
  return html`<input type="hidden" name="return_to" value="${next}">`
}

/** The field for a code. */
export function codeField(one: {
  readonly id: string
  readonly label: string
  readonly hint: string
}): Html {
  return field({ ...one, name: 'code', fill: 'one-time-code', digits: true })
}

/** What is shown after new recovery codes were made: this once. */
export function recoveryCodesTemplate(next: string): Html {
  return html`<template id="show-codes">
<div class="stack">
<h3>Keep your recovery codes</h3>
<p>If you lose your device, each of these signs you in once, in place of a code. Print them or write them down, and keep
them where you keep important papers. They are not shown again.</p>
<ul class="codes" data-fill="recovery_codes"></ul>
<div class="cluster"><a class="button button-primary" href="${next}" data-fill="return_to">I have kept them, go on</a></div>
</div>
</template>`
}
