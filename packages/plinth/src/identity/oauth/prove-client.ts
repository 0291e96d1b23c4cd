import type { FastifyRequest } from 'fastify'
import type { PlatformDb } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { hashToken, isId } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { clientNamedBy, consumeAssertion, readAssertion } from './client-assertion.ts'
import type { ClientAuthentication } from './client-authentications.ts'
import type { OAuthClient } from './clients.repository.ts'
import { findClient, isSecretOf } from './clients.repository.ts'
import type { ClientFault } from './oauth.events.ts'

/** What proving a client needs. */
export interface ProveClientDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  /** How clients may prove themselves here. */
  readonly allowed: readonly ClientAuthentication[]
  /** Whom an assertion may be for. */
  readonly audiences: readonly string[]
}

/** The fields of a form by which a client may prove itself. */
export interface ProofFields {
  readonly client_id?: string | undefined
  readonly client_secret?: string | undefined
  readonly client_assertion?: string | undefined
  readonly client_assertion_type?: string | undefined
}

/** A client that proved itself, or why not. */
export type ProvenClient =
  | { readonly code: 'proven'; readonly client: OAuthClient }
  | { readonly code: ClientFault }

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i

type Proof =
  | { readonly by: 'client_secret'; readonly id: unknown; readonly secret: string }
  | { readonly by: 'private_key_jwt'; readonly id: unknown; readonly assertion: string }

/**
 * Finds out which client asks (RFC 6749 2.3, RFC 7523): by one proof, of the kind that it was
 * registered with. Every client here is confidential: none gets anything without a proof.
 */
export async function proveClient(
  deps: ProveClientDeps,
  { headers }: FastifyRequest,
  fields: ProofFields,
): Promise<ProvenClient> {
  const proofs = [basicProof(headers.authorization), ...formProofs(fields)].filter(
    (one) => one !== undefined,
  )
  const [proof, second] = proofs
  if (second !== undefined) return { code: 'two_proofs' }
  if (proof === undefined) return { code: 'no_proof' }
  if (!deps.allowed.includes(proof.by)) return { code: 'method_not_allowed' }
  if (!isId(proof.id) || (fields.client_id !== undefined && fields.client_id !== proof.id))
    return { code: 'client_unknown' }
  const client = await findClient(deps.platform, proof.id)
  if (client === undefined) return { code: 'client_unknown' }
  if (client.authentication !== proof.by) return { code: 'method_not_allowed' }
  const fault = await faultOf(deps, client, proof)
  return fault === undefined ? { code: 'proven', client } : { code: fault }
}

async function faultOf(
  { platform, clock, audiences }: ProveClientDeps,
  client: OAuthClient,
  proof: Proof,
): Promise<ClientFault | undefined> {
  const nowMs = clock.now()
  if (proof.by === 'client_secret') {
    const hash = hashToken('client-secret', proof.secret)
    const isRight = await isSecretOf(platform, { client: client.id, hash, now: isoTime(nowMs) })
    return isRight ? undefined : 'secret_wrong'
  }
  const read = await readAssertion(client, proof.assertion, { audiences, nowMs })
  if (read === undefined) return 'assertion_invalid'
  return (await consumeAssertion(platform, read, nowMs)) ? undefined : 'assertion_replayed'
}

/** RFC 6749 2.3.1: both parts are form-encoded before they are joined; ours need no encoding. */
function basicProof(authorization: string | undefined): Proof | undefined {
  if (authorization === undefined) return undefined
  const encoded = BASIC.exec(authorization)?.[1]
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8')
  const at = text.indexOf(':')
  const [id, secret] = at < 0 ? ['', ''] : [text.slice(0, at), text.slice(at + 1)]
  return { by: 'client_secret', id, secret }
}

function formProofs(fields: ProofFields): readonly (Proof | undefined)[] {
  const { client_id: id, client_secret: secret, client_assertion: assertion } = fields
  return [
    secret === undefined ? undefined : { by: 'client_secret', id, secret },
    assertion === undefined
      ? undefined
      : {
          by: 'private_key_jwt',
          id: fields.client_assertion_type === ASSERTION_TYPE ? clientNamedBy(assertion) : '',
          assertion,
        },
  ]
}
