import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import type { Context } from '../../feature/index.ts'
import { route } from '../../feature/index.ts'
import { accountProblems } from '../account/account.errors.ts'
import { passwordField } from '../account/account-fields.ts'
import { csrfOfSession } from '../account/csrf-of-session.ts'
import type { Entered } from '../enter.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { browserOf, setChallengeCookie, setSessionCookie } from '../own-cookies.ts'
import { peopleProblems } from '../people/people.errors.ts'
import { profileFields } from '../people/person-fields.ts'
import { tokenCookie } from '../sessions/cookie.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
import { isSessionPrincipal } from '../sessions/session.ts'
import { acceptAsMember } from './accept-as-member.ts'
import { acceptAsNewcomer } from './accept-as-newcomer.ts'
import { declineInvitation } from './decline-invitation.ts'
import { invitationProblems } from './invitations.errors.ts'
import type { IntoTenant } from './recording-refusals.ts'
import { recordingBadTokens, recordingRefusals } from './recording-refusals.ts'
import { findInvitation } from './redeem-invitation.ts'
import { needsOf, whatIsMissing } from './what-is-missing.ts'

const token = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be the token of an invitation')
const tenant = z
  .object({ id: z.uuid(), slug: z.string(), name: z.string() })
  .nullable()
  .describe('Null where nobody sees that there are tenants')

const accepted = z.object({
  message: z.string(),
  tenant,
  csrf_token: z.string().nullable().describe('Of the new session; null for a client with tokens'),
  mfa_required: z.boolean(),
  mfa_token: z.string().nullable(),
  methods: z.array(z.string()),
})

const { invalid, otherAddress, signInFirst, passwordNeeded, noAccounts, signedInAlready } =
  invitationProblems

/** `POST /auth/invitations/accept` (D23), what its page shows before, and the other answer. */
export function acceptRoutes(identity: Identity): readonly RouteOptions[] {
  return [lookRoute(identity), acceptRoute(identity), declineRoute(identity)]
}

function lookRoute(identity: Identity): RouteOptions {
  return route('POST /auth/invitations/look', {
    access: open('whoever holds the token was sent it'),
    tenant: 'none',
    ownSitesOnly: true,
    limit: 'sign_in',
    summary: 'What an invitation is about; it is not used up.',
    body: z.strictObject({ token }),
    returns: z.object({
      email: z.string(),
      tenant,
      needs: z
        .enum(['sign_in', 'account'])
        .describe('An account of that address is there, or one is made with a password'),
      expires_at: z.string(),
    }),
    raises: [invalid],
    handle: ({ body, actor }) =>
      recordingBadTokens(identity, { actor, as: 'looked_at' }, () => look(identity, body)),
  })
}

async function look(identity: Identity, body: Pick<AcceptBody, 'token'>) {
  return identity.platform.transaction(async (tx) => {
    const found = await findInvitation(tx, identity.clock, { ...body, use: false })
    if (found === undefined) throw invalid()
    const { email, expires_at } = found.invitation
    const needs = await needsOf(identity, tx, found)
    return { email, tenant: shownTenant(identity, found.tenant), needs, expires_at }
  })
}

function acceptRoute(identity: Identity): RouteOptions {
  return route('POST /auth/invitations/accept', {
    access: open('whoever holds the token was sent it'),
    tenant: 'none',
    ownSitesOnly: true,
    limit: 'sign_in',
    summary: 'Accepts an invitation: with the account that is signed in, or with a new one.',
    body: z.strictObject({
      token,
      password: passwordField.exactOptional(),
      first_name: profileFields.first_name.exactOptional(),
      last_name: profileFields.last_name.exactOptional(),
    }),
    returns: accepted,
    raises: [
      invalid,
      otherAddress,
      signInFirst,
      passwordNeeded,
      noAccounts,
      signedInAlready,
      peopleProblems.refusedByHook,
      accountProblems.weakPassword,
      accountProblems.busy,
    ],
    handle: (context) =>
      recordingRefusals(identity, context.actor, (into) => accept(identity, context, into)),
  })
}

interface AcceptBody {
  readonly token: string
  readonly password?: string
  readonly first_name?: string
  readonly last_name?: string
}

async function accept(
  identity: Identity,
  context: Context & { readonly body: AcceptBody },
  into: IntoTenant,
): Promise<z.input<typeof accepted>> {
  const { password, ...body } = context.body
  if (context.principal !== undefined) {
    if (password !== undefined) throw signedInAlready()
    return handleMember(identity, context, { ...body, into })
  }
  if (password === undefined) throw await whatIsMissing(identity, { ...body, into })
  return handleNewcomer(identity, context, { ...body, password, into })
}

function declineRoute(identity: Identity): RouteOptions {
  return route('POST /auth/invitations/decline', {
    access: open('whoever holds the token was sent it'),
    tenant: 'none',
    ownSitesOnly: true,
    limit: 'sign_in',
    summary: 'Says no to an invitation: it is used up, and whoever asked sees it.',
    body: z.strictObject({ token }),
    returns: z.object({ message: z.string() }),
    raises: [invalid],
    handle: async ({ body, actor }) => {
      await recordingBadTokens(identity, { actor, as: 'declined' }, () =>
        declineInvitation(identity, { ...body, actor }),
      )
      return { message: 'Invitation declined' }
    },
  })
}

async function handleMember(
  identity: Identity,
  context: Context,
  { token: text, into }: Pick<NewBody, 'token' | 'into'>,
): Promise<z.input<typeof accepted>> {
  const { principal, actor, request } = context
  // Keys and tokens of machines accept nothing for anybody.
  if (principal?.credential.session === undefined) throw signInFirst()
  if (isSessionPrincipal(principal) && !principal.browserMatches)
    throw identityProblems.invalidSession()
  const cookie = tokenCookie(request.headers.cookie, identity.cookieName)
  const isBrowser = principal.credential.kind === 'cookie' && cookie !== undefined
  const { tenant: joined, session } = await acceptAsMember(identity, {
    token: text,
    person: principal.person,
    actor,
    into,
    session: isBrowser ? { token: cookie, userAgent: request.headers['user-agent'] } : undefined,
  })
  forgetPerson(identity, principal.person)
  if (session !== undefined) setSessionCookie(identity, context, session)
  const credential = { ...principal.credential, id: session?.id ?? principal.credential.id }
  const csrf = session && identity.csrfTokenFor({ ...principal, credential })
  return answer(identity, { joined, csrf: csrf ?? null })
}

interface NewBody extends AcceptBody {
  readonly password: string
  readonly into: IntoTenant
}

async function handleNewcomer(
  identity: Identity,
  context: Context,
  { token: text, password, into, ...profile }: NewBody,
): Promise<z.input<typeof accepted>> {
  const { tenant: joined, entered } = await acceptAsNewcomer(identity, {
    token: text,
    password,
    profile,
    actor: context.actor,
    into,
    browser: browserOf(identity, context),
  })
  if (entered.code !== 'signed_in') {
    setChallengeCookie(identity, context, entered.challenge)
    return answer(identity, { joined, csrf: null, entered })
  }
  setSessionCookie(identity, context, entered.session)
  return answer(identity, { joined, csrf: csrfOfSession(identity, entered.session.id) })
}

interface Accepted {
  readonly joined: { readonly id: string; readonly slug: string; readonly name: string }
  readonly csrf: string | null
  readonly entered?: Exclude<Entered, { readonly code: 'signed_in' }>
}

function answer(identity: Identity, { joined, csrf, entered }: Accepted): z.input<typeof accepted> {
  return {
    message: 'Invitation accepted',
    tenant: shownTenant(identity, joined),
    csrf_token: csrf,
    mfa_required: entered !== undefined,
    mfa_token: entered?.challenge.token ?? null,
    methods: [...(entered?.challenge.methods ?? [])],
  }
}

function shownTenant({ tenancy }: Identity, { id, slug, name }: Accepted['joined']) {
  return tenancy.visible ? { id, slug, name } : null
}
