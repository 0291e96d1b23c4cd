import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../access/index.ts'
import type { Context, Html } from '../feature/index.ts'
import { html, page } from '../feature/index.ts'
import type { SignInChoice } from '../identity/index.ts'

/** What the sign-in page is given. */
export interface SignInDeps {
  /** Name of the service. */
  readonly service: string
  /** Through whom people may sign in. */
  readonly choices: readonly SignInChoice[]
}

type SignInContext = Context & {
  readonly query: { readonly return_to?: unknown }
}

/**
 * `GET /auth/sign-in`: the one address that a "Sign in" link needs. With one provider it leads there
 * at once; with several, or when a link on another site led here, people choose.
 */
export function signInPage(deps: SignInDeps): RouteOptions {
  return page('/auth/sign-in', {
    access: open('a person chooses how to sign in'),
    title: 'Sign in',
    query: { return_to: z.unknown().optional() },
    render: (context) => render(deps, context),
  })
}

function render({ service, choices }: SignInDeps, context: Context): Html {
  const { query } = context.request as Pick<SignInContext, 'query'>
  const returnTo = typeof query.return_to === 'string' ? query.return_to : undefined
  const [only, ...others] = choices
  if (only === undefined) return nobody
  if (others.length === 0 && !isFromElsewhere(context)) {
    context.reply.redirect(loginPath({ returnTo }), 302)
    return html``
  }
  const hrefOf = ({ name }: SignInChoice) => loginPath({ provider: name, returnTo })
  return html`<section class="card narrow stack">
<h1>Sign in</h1>
<p class="muted">${leadOf(context, service)}</p>
<ul class="choices">
${choices.map((choice) => item(choice, hrefOf(choice)))}
</ul>
</section>`
}

/** A link on another site: what it leads to may not go on to a sign-in by itself (SB-45). */
function isFromElsewhere({ request }: Context): boolean {
  return request.headers['sec-fetch-site'] === 'cross-site'
}

function leadOf({ principal }: Context, service: string): Html {
  if (principal === undefined) return html`Choose how you sign in to ${service}.`
  return html`You are signed in as ${principal.name}. Choose below to sign in again or as somebody else, or <a href="/">go on</a>.`
}

function item({ label, isDefault }: SignInChoice, href: string): Html {
  return html`<li><a class="button${isDefault && ' button-primary'}" href="${href}">Continue with ${label}</a></li>
`
}

const nobody = html`<section class="stack">
<h1>Nobody can sign in yet</h1>
<p class="lede">This service has no identity provider. Whoever runs it sets a provider and its client id under
<span class="code">oidc.providers</span>.</p>
</section>`

/** Where the sign-in itself starts; it checks what it is given. */
function loginPath(query: { readonly provider?: string; readonly returnTo: string | undefined }) {
  const { provider, returnTo } = query
  const search = new URLSearchParams({
    ...(provider !== undefined && { provider }),
    ...(returnTo !== undefined && { return_to: returnTo }),
  })
  return `/auth/web/login${search.size > 0 ? `?${search}` : ''}`
}
