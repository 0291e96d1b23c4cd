import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../access/index.ts'
import type { Context, Html } from '../feature/index.ts'
import { html, page } from '../feature/index.ts'
import type { ShownWaiting, ShownWay, WaitingReader } from '../identity/index.ts'
import { SECOND_FACTOR_PAGE } from '../identity/index.ts'
import { codeField, factorSetup } from './factor-setup.ts'
import { needsScript } from './needs-script.ts'
import { SIGN_IN_PAGE } from './page-paths.ts'

/** What the page of second factors is given. */
export interface SecondFactorDeps {
  readonly waiting: WaitingReader
  /** Where somebody goes after it: what was asked for, if it is safe. */
  readonly returnTo: (asked: unknown) => string
}

/** The page on which somebody who passed the first step brings a second factor, or sets one up. */
export function secondFactorPage(deps: SecondFactorDeps): RouteOptions {
  return page(SECOND_FACTOR_PAGE, {
    access: open('somebody finishes a sign-in that waits for a second factor'),
    title: 'One more step',
    tenant: 'none',
    query: { return_to: z.unknown().optional() },
    anyQuery: true,
    render: (context) => render(deps, context),
  })
}

async function render({ waiting, returnTo }: SecondFactorDeps, context: Context): Promise<Html> {
  const { return_to: asked } = context.request.query as { readonly return_to?: unknown }
  const shown = await waiting(context)
  if (shown === undefined) return over
  const next = returnTo(asked)
  return shown.wants === 'factor' ? question(shown, next) : enrolment(shown, next)
}

function question({ ways, rememberDays }: ShownWaiting, next: string): Html {
  const kinds = new Set(ways.map(({ kind }) => kind))
  const typed = [...kinds].some((kind) => kind !== 'passkey')
  return html`<section class="card narrow stack" aria-labelledby="step">
<h1 id="step">One more step</h1>
<p class="muted">Show that it is you, in one of the ways that you set up.</p>
${kinds.has('passkey') && passkeyForm(next)}
${kinds.has('passkey') && typed && html`<p class="or">or</p>`}
${ways.filter(({ id, sentTo }) => id !== null && sentTo !== null).map(sendForm)}
${typed && codeForm(kinds, { next, rememberDays })}
<p class="muted divided"><a href="${SIGN_IN_PAGE}">Start again</a></p>
${needsScript}
</section>`
}

function passkeyForm(next: string): Html {
  return html`<form class="choices" method="post" data-action="POST" action="/auth/web/mfa" data-passkey="get" data-as="passkey" data-options="/auth/mfa/passkey-options" data-next="${next}">
<input type="hidden" name="return_to" value="${next}">
<button class="button button-primary">Use a passkey</button>
</form>`
}

function sendForm({ kind, id, sentTo }: ShownWay): Html {
  const by = kind === 'sms' ? 'by SMS' : 'by e-mail'
  return html`<form class="choices" method="post" data-action="POST" action="/auth/mfa/codes" data-done="A code is on its way to ${sentTo}. Type it below.">
<input type="hidden" name="method_id" value="${id}">
<input type="hidden" name="for" value="sign_in">
<button class="button">Send a code ${by} to ${sentTo}</button>
</form>
`
}

function codeForm(
  kinds: ReadonlySet<string>,
  { next, rememberDays }: { readonly next: string; readonly rememberDays: number },
): Html {
  const label = kinds.has('totp') ? 'Code from your authenticator app' : 'Code'
  const six = kinds.has('totp') || kinds.has('email') || kinds.has('sms')
  const hint = six
    ? `Six digits.${kinds.has('recovery') ? ' A recovery code works too.' : ''}`
    : 'One of the recovery codes that you kept.'
  return html`<form class="stack" method="post" data-action="POST" action="/auth/web/mfa" data-next="${next}">
${codeField({ id: 'code', label, hint })}
${rememberDays > 0 && remember(rememberDays)}
<input type="hidden" name="return_to" value="${next}">
<button class="button${!kinds.has('passkey') && ' button-primary'}">Go on</button>
</form>`
}

function remember(days: number): Html {
  return html`<label class="tick"><input type="checkbox" name="remember_device" value="true" data-type="boolean">
<span>Do not ask again in this browser for ${days} days. Only on a device that is yours alone.</span></label>`
}

function enrolment({ ways }: ShownWaiting, next: string): Html {
  return html`<section class="card narrow stack" aria-labelledby="step">
<h1 id="step">Set up a second factor</h1>
<p class="muted">This service asks you for more than one proof that it is you. Choose what you want to use beside your
first one; it takes two minutes.</p>
${factorSetup({ kinds: ways.map(({ kind }) => kind), prepare: '/auth/mfa/enrolment', confirm: '/auth/web/mfa', next, endsSignIn: true })}
<p class="muted divided"><a href="${SIGN_IN_PAGE}">Start again</a></p>
${needsScript}
</section>`
}

const over = html`<section class="card narrow stack">
<h1>This sign-in is over</h1>
<p>It took too long, was finished already, was tried too often, or began in another browser. Your account is not
affected: sign in once more.</p>
<div class="choices"><a class="button button-primary" href="${SIGN_IN_PAGE}">Sign in</a></div>
</section>`
