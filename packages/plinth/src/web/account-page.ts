import type { RouteOptions } from 'fastify'
import type { SignedInAccess } from '../access/index.ts'
import { signedIn } from '../access/index.ts'
import type { ContextFor, Html } from '../feature/index.ts'
import { html, page } from '../feature/index.ts'
import type {
  AccountReader,
  OwnFactorsReader,
  OwnIdentity,
  OwnWays,
  SignInChoice,
} from '../identity/index.ts'
import { passkeys } from './account-passkeys.ts'
import { places } from './account-places.ts'
import { addressCard, factorsCard, passwordCard } from './account-security.ts'
import { needsScript } from './needs-script.ts'
import { providerLabel } from './provider-label.ts'
import { timeTag } from './time-tag.ts'

/** Path of the page where people see their own accounts and sessions. */
export const ACCOUNT_PAGE = '/account'

/** What the account page is given. */
export interface AccountDeps {
  readonly choices: readonly SignInChoice[]
  readonly account: AccountReader
  readonly factors: OwnFactorsReader
  readonly ways: OwnWays
}

type AccountContext = ContextFor<SignedInAccess>

/** The page where people see with what they sign in and where, and end it. */
export function accountPage(deps: AccountDeps): RouteOptions {
  return page(ACCOUNT_PAGE, {
    access: signedIn(),
    title: 'Your account',
    tenant: 'none',
    render: (context) => render(deps, context),
  })
}

async function render(deps: AccountDeps, context: AccountContext): Promise<Html> {
  const { choices, ways } = deps
  const { identities, devices, passkeys: keys } = await deps.account(context)
  const own = await deps.factors(context)
  return html`<section class="stack">
<h1>Your account</h1>
<p class="lede">${context.principal.name}${context.principal.email && `, ${context.principal.email}`}</p>
</section>
${needsScript}
${(choices.length > 0 || identities.length > 0) && waysIn(identities, choices, own.password || (keys?.length ?? 0) > 0)}
${keys && passkeys(keys)}
${(ways.password || own.password) && passwordCard(own, context.principal.email ?? null)}
${own.password && addressCard(context.principal.email ?? null)}
${factorsCard(own, { passkeys: keys?.length ?? 0 })}
${places(devices)}`
}

function waysIn(
  identities: readonly OwnIdentity[],
  choices: readonly SignInChoice[],
  hasOwnWay: boolean,
): Html {
  const others = identities.length > 1 || hasOwnWay
  return html`<section class="card stack" aria-labelledby="ways">
<h2 id="ways">How you sign in</h2>
${
  identities.length === 0
    ? html`<p class="empty">No account at a provider is linked to yours.</p>`
    : html`<ul class="entries">
${identities.map((one) => wayIn(one, providerLabel(choices, one.provider), others))}
</ul>`
}
${choices.length > 0 && linkMore(choices)}
</section>`
}

function linkMore(choices: readonly SignInChoice[]): Html {
  return html`<div class="stack divided">
<h3>Link another account</h3>
<p class="muted">You prove that it is yours, and are asked once more before it is linked.</p>
<div class="cluster">${choices.map(linkForm)}</div>
</div>`
}

function wayIn(one: OwnIdentity, provider: string, removable: boolean): Html {
  const name = one.email === null ? provider : `${provider}, ${one.email}`
  return html`<li>
<div class="entry-text">
<p><strong>${provider}</strong>${one.is_current && html` <span class="badge">signed in with it now</span>`}</p>
<p class="muted">${one.email ?? 'No verified e-mail address'}</p>
<p class="hint">${lastUse(one)}</p>
</div>
${removable && removeForm(one, name)}
</li>
`
}

function lastUse({ last_sign_in_at: last, created_at: since }: OwnIdentity): Html {
  return last === null ? html`Linked ${timeTag(since)}` : html`Last sign-in ${timeTag(last)}`
}

function removeForm({ id, is_current: current }: OwnIdentity, name: string): Html {
  const done = current
    ? 'The account is removed, and you are signed out.'
    : 'The account is removed.'
  return html`<form method="post" data-action="DELETE" action="/auth/identities/${id}" data-done="${done}">
<button class="button button-danger">Remove<span class="visually-hidden"> ${name}</span></button>
</form>`
}

function linkForm({ name, label }: SignInChoice): Html {
  return html`<form method="post" data-action="POST" action="/auth/identities">
<input type="hidden" name="provider" value="${name}">
<input type="hidden" name="return_to" value="${ACCOUNT_PAGE}">
<button class="button">Link ${label}</button>
</form>`
}
