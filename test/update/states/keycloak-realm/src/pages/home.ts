import { feature, html, open, page } from 'plinth'
import type { Principal } from 'plinth/access'
import { holds } from 'plinth/access'
import type { Context, Html } from 'plinth/feature'
import { product } from '../entities/product/product.ts'
import { productCard } from './product-card.ts'
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
<p class="lede">Sign in to see your session and the products of your own tenant. What you see here is
one page, one entity and one form: replace them with your own.</p>
<div class="cluster">
<a class="button button-primary" href="/auth/sign-in?return_to=/">Sign in</a>
<a class="button" href="/docs">Read the API documents</a>
</div>
</section>`
}

async function signedIn(context: Context, principal: Principal): Promise<Html> {
  const { placement } = context
  const grants = placement?.permissions ?? []
  const mayRead = holds(grants, product.can.read.permission)
  const { items } = mayRead ? await product.list(context.db, { limit: 20 }) : { items: [] }
  return html`<section class="stack">
<h1>Hello, ${principal.name}</h1>
<p class="lede">You are signed in, and everything below belongs to your tenant only.</p>
</section>
<div class="split">
${productCard(items, { mayCreate: holds(grants, product.can.create.permission) })}
${sessionCard(principal, placement)}
</div>`
}

/** The front page: greeting, session and products. */
export const home = feature('home', { routes: [front] })
