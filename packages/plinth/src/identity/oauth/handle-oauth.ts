import { record } from '../../audit/index.ts'
import type { Context } from '../../feature/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { OAuthClient } from './clients.repository.ts'
import { introspect } from './introspect.ts'
import { issueMachineToken } from './issue-machine-token.ts'
import { revokeMachineToken } from './machine-tokens.repository.ts'
import { oauthProblems } from './oauth.errors.ts'
import type { ClientFault } from './oauth.events.ts'
import { oauthEvents } from './oauth.events.ts'
import type { Endpoint, OAuthDeps } from './oauth-deps.ts'
import { noteRefusal, REFUSALS } from './oauth-deps.ts'
import type { ProofFields } from './prove-client.ts'
import { proveClient } from './prove-client.ts'

type Form = ProofFields & Readonly<Record<string, string | undefined>>
type FormContext = Context & { readonly body: Form }

/** `POST /oauth/token` (RFC 6749 4.4): a machine gets a token for what it is. */
export function handleToken(deps: OAuthDeps, context: FormContext): Promise<object> {
  return asClient(deps, context, 'token', async (client) => {
    const { body, actor } = context
    const [grant, scope] = [given(body['grant_type']), given(body['scope'])]
    if (grant === undefined) return 'field_missing'
    if (grant !== 'client_credentials') return 'grant_unsupported'
    const issued = await issueMachineToken(deps, { client, scope, actor })
    if (issued.code !== 'issued') return issued.code
    // Beside Cache-Control, for caches that know nothing newer (RFC 6749 5.1).
    context.reply.header('pragma', 'no-cache')
    return {
      access_token: issued.token,
      token_type: 'Bearer',
      expires_in: deps.accessSeconds,
      scope: issued.scopes.join(' '),
    }
  })
}

/** `POST /oauth/introspect` (RFC 7662). */
export function handleIntrospect(deps: OAuthDeps, context: FormContext): Promise<object> {
  return asClient(deps, context, 'introspect', async (client) => {
    const token = given(context.body['token'])
    return token === undefined ? 'field_missing' : introspect(deps.identity, client, token)
  })
}

/** `POST /oauth/revoke` (RFC 7009): a client gives up a token of its own; an unknown one is no error. */
export function handleRevoke(deps: OAuthDeps, context: FormContext): Promise<object> {
  const { platform, own, clock } = deps.identity
  return asClient(deps, context, 'revoke', async (client) => {
    const text = given(context.body['token'])
    if (text === undefined) return 'field_missing'
    const token = await own.tokens.verify(text)
    if (typeof token === 'string') return {}
    if (token.of !== 'client' || token.client !== client.id) return 'other_client'
    await platform.transaction(async (tx) => {
      const now = isoTime(clock.now())
      if (!(await revokeMachineToken(tx, { id: token.jti, client: client.id, now }))) return
      const target = { type: 'oauth_client', id: client.id }
      const actor = { ...context.actor, kind: 'person', person: client.person_id } as const
      await record(tx, actor, oauthEvents.token_revoked({ outcome: 'success', target }))
    })
    own.cache?.forget(`person ${client.person_id}`)
    return {}
  })
}

/** A field without a value counts as left out (RFC 6749 3.2). */
function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

/** Lets a client in, does its work, and answers a refusal in the words of OAuth. */
async function asClient(
  deps: OAuthDeps,
  context: FormContext,
  endpoint: Endpoint,
  work: (client: OAuthClient) => Promise<object | ClientFault>,
): Promise<object> {
  const { actor, request, body } = context
  const source = actor.clientAddress ?? 'unknown'
  const waitMs = deps.refusals.waitMs(source)
  if (waitMs > 0)
    throw oauthProblems.tooManyRefusals({ retryAfterSeconds: Math.ceil(waitMs / 1_000) })
  const proven = await proveClient(deps.proof, request, body)
  if (proven.code !== 'proven') {
    deps.refusals.count(source)
    await noteRefusal(deps, actor, { endpoint, reason: proven.code })
    return refuse(context, proven.code)
  }
  const answer = await work(proven.client)
  if (typeof answer !== 'string') return answer
  await noteRefusal(deps, actor, { endpoint, reason: answer, client: proven.client.id })
  return refuse(context, answer)
}

function refuse({ reply }: Context, fault: ClientFault): object {
  const { status, error, description } = REFUSALS[fault]
  if (status === 401) reply.header('www-authenticate', 'Basic realm="oauth"')
  reply.code(status).type('application/json')
  return { error, error_description: description }
}
