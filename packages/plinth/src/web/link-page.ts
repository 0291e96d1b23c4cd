import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import type { SignedInAccess } from '../access/index.ts'
import { signedIn } from '../access/index.ts'
import type { ContextFor, Html } from '../feature/index.ts'
import { html, page } from '../feature/index.ts'
import type { LinkOfferReader, ShownOffer, SignInChoice } from '../identity/index.ts'
import { identityProblems, LINK_PAGE } from '../identity/index.ts'
import { fact } from './fact.ts'
import { needsScript } from './needs-script.ts'
import { providerLabel } from './provider-label.ts'

/** What the page that asks for consent is given. */
export interface LinkDeps {
  readonly choices: readonly SignInChoice[]
  readonly linkOffer: LinkOfferReader
}

type LinkContext = ContextFor<SignedInAccess>

/** The page that asks whether an account which was just proved is to be linked. */
export function linkPage(deps: LinkDeps): RouteOptions {
  return page(LINK_PAGE, {
    access: signedIn(),
    title: 'Link an account',
    tenant: 'none',
    query: { offer: z.unknown().optional() },
    render: (context) => render(deps, context),
  })
}

async function render({ choices, linkOffer }: LinkDeps, context: LinkContext): Promise<Html> {
  const { offer: id } = context.request.query as { readonly offer?: unknown }
  const offer = typeof id === 'string' ? await linkOffer(context, id) : undefined
  if (offer === undefined) throw identityProblems.linkOfferGone()
  return question(offer, providerLabel(choices, offer.provider), context.principal)
}

function question(
  { id, name, email }: ShownOffer,
  provider: string,
  person: LinkContext['principal'],
): Html {
  return html`<section class="card narrow stack" aria-labelledby="question">
<h1 id="question">Link this account?</h1>
<p>You are signed in as <strong>${person.name}</strong>${person.email && ` (${person.email})`}.
In this browser, this account just signed in:</p>
<dl class="facts">
${fact('Provider', provider)}
${fact('Name', name)}
${fact('E-mail', email ?? 'none that the provider has verified')}
</dl>
<p>Once it is linked, signing in with it opens your account here. Link it only if it is yours alone.</p>
<div class="choices">
<form method="post" data-action="POST" action="/auth/identities/offers/${id}" data-done="${provider} is linked.">
<button class="button button-primary">Link the account</button>
</form>
<form method="post" data-action="DELETE" action="/auth/identities/offers/${id}" data-done="Nothing was linked.">
<button class="button">Do not link it</button>
</form>
</div>
${needsScript}
</section>`
}
