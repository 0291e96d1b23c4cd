import { html } from 'plinth'
import { holds } from 'plinth/access'
import type { Context, Html } from 'plinth/feature'
import { product } from '../entities/product/product.ts'

/** What the card shows of a product. */
interface ShownProduct {
  readonly sku: string
  readonly name: string
  /** Minor units: 1250 is 12.50. */
  readonly price: number
}

/** The tenant's products, and a form for the next one. The form posts JSON to the same API that clients use. */
export async function productCard({ db, placement }: Context): Promise<Html> {
  const grants = placement?.permissions ?? []
  const mayRead = holds(grants, product.can.read.permission)
  const { items } = mayRead ? await product.list(db, { limit: 20 }) : { items: [] }
  return html`<section class="card stack" aria-labelledby="products">
<h2 id="products">Products</h2>
${items.length === 0 ? empty : table(items)}
${holds(grants, product.can.create.permission) && form}
</section>`
}

const empty = html`<p class="empty">No products yet.</p>`

function table(products: readonly ShownProduct[]): Html {
  const amount = new Intl.NumberFormat('en', { minimumFractionDigits: 2 })
  return html`<div class="table-scroll">
<table class="table">
<thead><tr><th scope="col">SKU</th><th scope="col">Name</th><th scope="col" class="number">Price</th></tr></thead>
<tbody>${products.map((product) => row(product, amount))}</tbody>
</table>
</div>`
}

function row({ sku, name, price }: ShownProduct, amount: Intl.NumberFormat): Html {
  return html`<tr><td class="code">${sku}</td><td>${name}</td><td class="number">${amount.format(price / 100)}</td></tr>`
}

const form = html`<form class="stack divided" method="post" data-action="POST" action="/api/v1/products" data-done="Product added." aria-labelledby="add">
<h3 id="add">Add a product</h3>
<div class="form-row">
<div class="field">
<label for="sku">SKU</label>
<input id="sku" name="sku" required minlength="3" maxlength="40" autocomplete="off" aria-describedby="sku-hint">
<p class="hint" id="sku-hint">3 to 40 characters</p>
</div>
<div class="field">
<label for="name">Name</label>
<input id="name" name="name" required maxlength="200" autocomplete="off" aria-describedby="name-hint">
<p class="hint" id="name-hint">Shown on the invoice</p>
</div>
<div class="field">
<label for="price">Price</label>
<input id="price" name="price" data-type="minor-units" required inputmode="decimal" pattern="\\d+([.,]\\d{1,2})?" autocomplete="off" aria-describedby="price-hint">
<p class="hint" id="price-hint">For example 12.50</p>
</div>
</div>
<div class="cluster"><button class="button button-primary">Add product</button></div>
<noscript><p class="notice">Adding a product and signing out need JavaScript.</p></noscript>
</form>`
