import type { CryptoKey } from 'jose'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { ORIGIN } from '../identity.fixture.ts'
import type { Holder, TokenWorld, Told } from '../token-api/token-api.fixture.ts'

/** What machine clients are made with. */
export const MANAGER = ['oauth_client:*', 'stock:*']

/** A service account of a holder's tenant. */
export async function serviceAccount(
  { world }: TokenWorld,
  { tenant }: Pick<Holder, 'tenant'>,
  can: readonly string[] = ['stock:read', 'stock:write'],
): Promise<Id<'person'>> {
  const person = newId<'person'>()
  await world.sql("insert into plinth.people (id, name, kind) values ($1, 'Robot', 'service')", [
    person,
  ])
  await world.sql(
    "insert into plinth.memberships (tenant_id, person_id, role, permissions) values ($1, $2, 'custom', $3)",
    [tenant, person, can],
  )
  return person
}

/** Makes a client over HTTP. */
export async function makeClient(
  tokens: TokenWorld,
  by: Holder,
  body: Readonly<Record<string, unknown>>,
): Promise<Told> {
  const headers = { authorization: `Bearer ${by.access}` }
  return tokens.post('/api/v1/oauth-clients', { name: 'Robot', ...body }, headers)
}

/** Sends a form to an endpoint of OAuth. */
export async function form(
  { world }: Pick<TokenWorld, 'world'>,
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Record<string, string> = {},
): Promise<Told> {
  const body = new URLSearchParams(fields)
  const answer = await fetch(`${world.http.url}${path}`, { method: 'POST', body, headers })
  return {
    status: answer.status,
    body: (await answer.json()) as Told['body'],
    headers: answer.headers,
  }
}

/** The header by which a client proves itself with its secret. */
export const basic = (id: unknown, secret: unknown): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})

/** Keys of a client, and how it signs with them. */
export async function clientKeys(alg: 'EdDSA' | 'ES256' = 'EdDSA') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'robot-1', alg }
  return { jwk, privateKey, alg }
}

/** An assertion of RFC 7523; `changes` say when it is good, or spoil it. */
export async function assertion(
  { privateKey, alg }: { readonly privateKey: CryptoKey; readonly alg: string },
  client: string,
  changes: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, string>> {
  const claims = {
    iss: client,
    sub: client,
    aud: ORIGIN,
    jti: newId(),
    ...changes,
  }
  const signed = await new SignJWT(claims)
    .setProtectedHeader({ alg, kid: 'robot-1', ...header })
    .sign(privateKey)
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signed,
  }
}
