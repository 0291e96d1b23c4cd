import { feature, html, open, page } from 'plinth'
import type { Principal } from 'plinth/access'
import type { Context, Html } from 'plinth/feature'
import { organisationCards } from './organisation-cards.ts'
import { productCard } from './product-card.ts' // plinth:with product
import { sessionCard } from './session-card.ts'

const front = page('/', {
  access: open('the front page greets everyone'),
  title: 'Home',
  render: (context) =>
    context.principal === undefined ? signedOut() : signedIn(context, context.principal),
})

function signedOut(): Html {
  return html`<section class="stack">
<h1>Your service is running.</h1>
<p class="lede">Sign in to see your session and what belongs to your own tenant. What you see here is
a start: replace it with your own.</p>
<div class="cluster">
<a class="button button-primary" href="/auth/sign-in?return_to=/">Sign in</a>
<a class="button" href="/docs">Read the API documents</a>
</div>
</section>`
}

async function signedIn(context: Context, principal: Principal): Promise<Html> {
  if (context.placement === undefined) return nowhere(principal)
  const cards = [
    await productCard(context), // plinth:with product
    sessionCard(principal, context.placement),
  ]
  return html`<section class="stack">
<h1>Hello, ${principal.name}</h1>
<p class="lede">You are signed in, and everything below belongs to your tenant only.</p>
</section>
<div class="split">
${cards}
</div>`
}

function nowhere(principal: Principal): Html {
  return html`<section class="stack">
<h1>Hello, ${principal.name}</h1>
<p class="lede">You are signed in, and in no organisation yet.</p>
</section>
<div class="split">
<div class="stack">${organisationCards}</div>
${sessionCard(principal, undefined)}
</div>`
}

/** The front page: a greeting, and what the person who is signed in may see. */
export const home = feature('home', { routes: [front] })
