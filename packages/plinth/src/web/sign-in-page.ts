import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../access/index.ts'
import type { Context, Html } from '../feature/index.ts'
import { html, page } from '../feature/index.ts'
import type { OwnWays, SignInChoice, SignInSlots, SignInVisit } from '../identity/index.ts'
import { needsScript } from './needs-script.ts'
import { passkeyWay, passwordWay } from './own-sign-in.ts'
import { SIGN_IN_PAGE, SIGN_UP_PAGE } from './page-paths.ts'

/** What the sign-in page is given. */
export interface SignInDeps {
  /** Name of the service. */
  readonly service: string
  /** Through whom people may sign in. */
  readonly choices: readonly SignInChoice[]
  /** The ways in that need nobody else. */
  readonly ways: OwnWays
  /** What the service shows beside them. */
  readonly slots: ((visit: SignInVisit) => SignInSlots | Promise<SignInSlots>) | undefined
  /** Where somebody goes after it: what was asked for, if it is safe. */
  readonly returnTo: (asked: unknown) => string
}

type SignInContext = Context & {
  readonly query: { readonly return_to?: unknown }
}

/**
 * `GET /auth/sign-in`: the one address that a "Sign in" link needs. With one provider and nothing else
 * it leads there at once; else, or when a link on another site led here, people choose.
 */
export function signInPage(deps: SignInDeps): RouteOptions {
  return page(SIGN_IN_PAGE, {
    access: open('a person chooses how to sign in'),
    title: 'Sign in',
    query: { return_to: z.unknown().optional() },
    anyQuery: true,
    render: (context) => render(deps, context),
  })
}

async function render(deps: SignInDeps, context: Context): Promise<Html> {
  const { choices, ways } = deps
  const { query } = context.request as Pick<SignInContext, 'query'>
  const asked = typeof query.return_to === 'string' ? query.return_to : undefined
  const own = ways.password || ways.passkey
  if (!own && choices.length === 0) return nobody
  if (!own && choices.length === 1 && !isFromElsewhere(context)) {
    context.reply.redirect(loginPath({ returnTo: asked }), 302)
    return html``
  }
  const returnTo = deps.returnTo(asked)
  const slots = (await deps.slots?.({ returnTo, nonce: context.nonce })) ?? {}
  return html`<section class="card narrow stack">
<h1>Sign in</h1>
<p class="muted">${leadOf(context, deps.service)}</p>
${slots.above}
${choices.length > 0 && providers(choices, asked)}
${choices.length > 0 && own && html`<p class="or">or</p>`}
${ways.password && passwordWay({ returnTo, isMain: choices.length === 0, passkey: ways.passkey })}
${ways.passkey && passkeyWay(returnTo, { autofill: ways.password })}
${ways.registration && signUp(asked)}
${slots.below}
${own && needsScript}
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

function providers(choices: readonly SignInChoice[], returnTo: string | undefined): Html {
  const hrefOf = (name: string) =>
    loginPath({ ...(choices.length > 1 && { provider: name }), returnTo })
  return html`<ul class="choices">
${choices.map((choice) => item(choice, hrefOf(choice.name)))}
</ul>`
}

function item({ label, isDefault }: SignInChoice, href: string): Html {
  return html`<li><a class="button${isDefault && ' button-primary'}" href="${href}">Continue with ${label}</a></li>
`
}

function signUp(returnTo: string | undefined): Html {
  const query = returnTo === undefined ? '' : `?${new URLSearchParams({ return_to: returnTo })}`
  return html`<p class="muted divided">New here? <a href="${SIGN_UP_PAGE}${query}">Create an account</a></p>`
}

const nobody = html`<section class="stack">
<h1>Nobody can sign in yet</h1>
<p class="lede">This service has no identity provider, and accounts of its own are off. Whoever runs it sets a provider and its
client id under <span class="code">oidc.providers</span>, or turns <span class="code">accounts.sign_in_form</span> on.</p>
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
