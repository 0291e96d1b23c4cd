import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Json = Record<string, unknown>

/** What the provider says next; a test replaces any of it, and answers by hand what has no name. */
export interface Evil {
  discovery: Json
  keys: readonly unknown[]
  claims: Json
  header: Json
  token: Json
  userinfo: Json
  /** Answers a path by hand when it returns true. */
  answer: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** A request that the provider got. */
export interface Heard {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A provider of which every field can be wrong. */
export interface EvilProvider extends AsyncDisposable {
  readonly issuer: string
  readonly say: Evil
  /** Everything it was asked, in order. */
  readonly heard: Heard[]
  /** What the browser brings back for an authorization URL, as the callback's path and query. */
  callback(authorizationUrl: string, more?: Record<string, string | undefined>): string
}

/** Starts one on loopback. Its good answers sign `subject-1` in. */
export async function startEvilProvider(): Promise<EvilProvider> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const heard: Heard[] = []
  const nonces = new Map<string, { nonce: string; challenge: string }>()
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const say: Evil = {
    discovery: {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/userinfo`,
      end_session_endpoint: `${issuer}/end`,
      authorization_response_iss_parameter_supported: true,
    },
    keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }],
    claims: {},
    header: { alg: 'RS256', kid: 'k1' },
    token: {},
    userinfo: {},
    answer: () => false,
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const path = new URL(request.url ?? '/', issuer).pathname
    heard.push({ path, headers: request.headers, body })
    if (say.answer(request, response)) return
    const answer = answerFor(path, new URLSearchParams(body))
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? {}))
  }

  function answerFor(path: string, form: URLSearchParams): unknown {
    if (path === '/.well-known/openid-configuration') return say.discovery
    if (path === '/jwks') return { keys: say.keys }
    if (path === '/userinfo') return { sub: 'subject-1', ...say.userinfo }
    if (path !== '/token') return undefined
    const tokens = { access_token: 'opaque-access-token', token_type: 'Bearer', expires_in: 300 }
    return { ...tokens, id_token: idToken(form), ...say.token }
  }

  function idToken(form: URLSearchParams): string {
    const known = nonces.get(form.get('code') ?? '')
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const proven = known !== undefined && verifier === known.challenge
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: issuer,
      sub: 'subject-1',
      aud: 'evil-client',
      iat: now,
      exp: now + 300,
      nonce: proven ? known.nonce : undefined,
      email: 'eve@example.com',
      email_verified: true,
      given_name: 'Eve',
      family_name: 'Adams',
      ...say.claims,
    }
    const input = [say.header, claims].map((part) => b64(JSON.stringify(part))).join('.')
    return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
  }

  return {
    issuer,
    say,
    heard,
    callback(authorizationUrl, more = {}) {
      const asked = new URL(authorizationUrl).searchParams
      const code = `code-${nonces.size}`
      nonces.set(code, {
        nonce: asked.get('nonce') ?? '',
        challenge: asked.get('code_challenge') ?? '',
      })
      const query = { code, state: asked.get('state') ?? '', iss: issuer, ...more }
      const given = Object.entries(query).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      )
      return `/auth/web/callback?${new URLSearchParams(given)}`
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function b64(text: string): string {
  return Buffer.from(text).toString('base64url')
}
