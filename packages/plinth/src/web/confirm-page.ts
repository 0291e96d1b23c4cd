import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { InPersonAccess } from '../access/index.ts'
import { inPerson } from '../access/index.ts'
import type { ContextFor, Html } from '../feature/index.ts'
import { html, page } from '../feature/index.ts'
import type {
  Account,
  AccountReader,
  OwnFactors,
  OwnFactorsReader,
  SignInChoice,
} from '../identity/index.ts'
import { CONFIRM_PAGE } from '../identity/index.ts'
import { codeField } from './factor-setup.ts'
import { accountName, field } from './field.ts'
import { needsScript } from './needs-script.ts'
import { providerLabel } from './provider-label.ts'

/** What the page that asks for a fresh proof is given. */
export interface ConfirmDeps {
  readonly choices: readonly SignInChoice[]
  readonly account: AccountReader
  readonly factors: OwnFactorsReader
  readonly returnTo: (asked: unknown) => string
}

type ConfirmContext = ContextFor<InPersonAccess>

/** The page on which somebody who is signed in proves once more that it is them (ASVS 7.5.3). */
export function confirmPage(deps: ConfirmDeps): RouteOptions {
  return page(CONFIRM_PAGE, {
    access: inPerson(),
    title: 'Confirm that it is you',
    tenant: 'none',
    query: { return_to: z.unknown().optional() },
    anyQuery: true,
    render: (context) => render(deps, context),
  })
}

async function render(deps: ConfirmDeps, context: ConfirmContext): Promise<Html> {
  const { return_to: asked } = context.request.query as { readonly return_to?: unknown }
  const next = deps.returnTo(asked)
  const own = { ...(await deps.account(context)), ...(await deps.factors(context)) }
  return html`<section class="card narrow stack" aria-labelledby="confirm">
<h1 id="confirm">Confirm that it is you</h1>
<p class="muted">You are signed in as ${context.principal.name}. What you want to do matters, so show once more that it is
you. Then you go on where you were.</p>
${(own.passkeys?.length ?? 0) > 0 && passkeyForm(next)}
${hasCodes(own) && codes(own, next, { isMain: (own.passkeys?.length ?? 0) === 0 })}
${own.password && !hasFactors(own) && passwordForm(next, context.principal.email ?? null)}
${providers(own, deps, next)}
<p class="muted divided"><a href="${next}">Go back without it</a></p>
${needsScript}
</section>`
}

/** Whoever has a second factor shows that: a password that was stolen must not stand in for it. */
function hasFactors({ methods, passkeys }: OwnFactors & Account): boolean {
  return methods.length + (passkeys?.length ?? 0) > 0
}

function hasCodes({ methods, recoveryCodes }: OwnFactors): boolean {
  return methods.length > 0 || recoveryCodes > 0
}

const STEP_UP = '/auth/web/step-up'
const DONE = 'Thank you. You can go on now.'

function passkeyForm(next: string): Html {
  return html`<form class="choices" method="post" data-action="POST" action="${STEP_UP}" data-passkey="get" data-as="passkey" data-options="/auth/passkeys/step-up/options" data-next="${next}" data-done="${DONE}">
<button class="button button-primary">Use a passkey</button>
</form>`
}

function codes(
  { methods }: OwnFactors,
  next: string,
  { isMain }: { readonly isMain: boolean },
): Html {
  const sent = methods.filter(({ kind }) => kind !== 'totp')
  return html`${sent.map(
    ({
      id,
      kind,
    }) => html`<form class="choices" method="post" data-action="POST" action="/auth/mfa/codes" data-done="A code is on its way. Type it below.">
<input type="hidden" name="method_id" value="${id}">
<input type="hidden" name="for" value="session">
<button class="button">Send a code ${kind === 'sms' ? 'by SMS' : 'by e-mail'}</button>
</form>
`,
  )}
<form class="stack" method="post" data-action="POST" action="${STEP_UP}" data-next="${next}" data-done="${DONE}">
${codeField({ id: 'code', label: 'Code', hint: 'From your authenticator app, one that was sent, or a recovery code.' })}
<button class="button${isMain && ' button-primary'}">Confirm with the code</button>
</form>`
}

function passwordForm(next: string, email: string | null): Html {
  return html`<form class="stack" method="post" data-action="POST" action="${STEP_UP}" data-next="${next}" data-done="${DONE}">
${accountName(email)}
${field({ name: 'password', label: 'Password', type: 'password', fill: 'current-password' })}
<button class="button button-primary">Confirm with the password</button>
</form>`
}

function providers({ identities }: Account, { choices }: ConfirmDeps, next: string): Html | false {
  const names = new Set(identities.map(({ provider }) => provider))
  const open = choices.filter(({ name }) => names.has(name))
  if (open.length === 0) return false
  return html`<div class="choices">
${open.map(
  ({
    name,
  }) => html`<a class="button" href="/auth/web/login?${new URLSearchParams({ provider: name, max_age: '300', return_to: next }).toString()}">Confirm with ${providerLabel(choices, name)}</a>
`,
)}</div>`
}
