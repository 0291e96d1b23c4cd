import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../kernel/index.ts'
import { systemClock } from '../../kernel/index.ts'
import type { BrowserSide } from './browser-side.ts'
import { browserSide } from './browser-side.ts'
import { createGrants } from './grants.ts'
import type { Mint } from './mint.ts'
import { createMint } from './mint.ts'
import type { ProviderState } from './provider-state.ts'
import { openState } from './provider-state.ts'
import type { Heard } from './raw-reply.ts'
import type { Endpoint, EvilSays } from './says.ts'
import { goodSays, PATHS } from './says.ts'
import { serve } from './serve.ts'
import type { SigningKey } from './signing-key.ts'
import { newSigningKey } from './signing-key.ts'

/** What a provider is started with. */
export interface EvilProviderOptions {
  /** Name under `oidc.providers`; `evil` by default. */
  readonly name?: string
  /** Time in its tokens; that of the machine by default. Give it the world's clock where a test moves that. */
  readonly clock?: Clock
  /** What signs at first; by default an RS256 key that no other running provider has. */
  readonly key?: SigningKey
}

/** A provider of which every field can be wrong. */
export interface EvilProvider
  extends AsyncDisposable,
    Pick<BrowserSide, 'callback' | 'start' | 'signIn'>,
    Pick<ProviderState, 'next' | 'always'> {
  /** Name under `oidc.providers`. */
  readonly name: string
  readonly issuer: string
  /** Its block under `oidc.providers`. */
  readonly settings: Readonly<Record<'issuer' | 'client_id' | 'client_secret', string>>
  /** What it says until it is told otherwise: write to it. */
  readonly say: EvilSays
  /** Everything it was asked since `reset`, in order. */
  readonly heard: Heard[]
  /** Every code and token it gave out since `reset`: what must turn up nowhere. */
  readonly issued: readonly string[]
  /** Makes tokens that no request asked for; they count as given out. */
  readonly mint: Mint
  /** Requests that one endpoint got since `reset`. */
  calls(endpoint: Endpoint): readonly Heard[]
  /** Is honest again, with the key it has now, and forgets what it heard and gave out. */
  reset(): void
  /** Signs with another key from now on and publishes that; `keepOld` leaves the others published. */
  rotateKeys(to?: SigningKey, options?: { readonly keepOld?: boolean }): SigningKey
}

/** Keys of providers that have stopped: to make one takes longer than most tests. */
const idleKeys: SigningKey[] = []

/**
 * Starts a provider on loopback of which a test can spoil every answer. Its good answers sign
 * `subject-1` in; whoever visits its authorization endpoint is sent back at once.
 *
 * ```ts
 * await using evil = await startEvilProvider()
 * await using world = await startWorld({ features, providers: [evil] })
 * const eve = world.visitor()
 * evil.next('token', { claims: { aud: 'somebody-else' } })
 * await evil.signIn(eve)
 * assert.equal((await eve.get('/auth/web/me')).body['authenticated'], false)
 * ```
 */
export async function startEvilProvider(options: EvilProviderOptions = {}): Promise<EvilProvider> {
  const { name = 'evil', clock = systemClock } = options
  const key = options.key ?? idleKeys.pop() ?? newSigningKey()
  const { issuer, server, answerWith } = await listen()
  const clientId = `${name}-client`
  const state = openState(goodSays(issuer, key))
  let honest = key
  const grants = createGrants()
  const mint = createMint({
    ...{ issuer, clientId, clock, key: () => state.say.key },
    issued: (token) => kept(state, token),
  })
  const browser = browserSide({ name, issuer, issue: (url) => kept(state, grants.issue(url)) })
  const { redirects, callback, start, signIn } = browser
  answerWith((request, response) =>
    serve({ mint, grants, clock, state, redirects }, request, response),
  )
  return {
    name,
    issuer,
    // Characters that client_secret_basic must encode (RFC 6749 2.3.1).
    settings: { issuer, client_id: clientId, client_secret: 'kT9:%+ /x2mQ4zLw' },
    ...{ say: state.say, heard: state.heard, issued: state.issued },
    ...{ next: state.next, always: state.always, mint, callback, start, signIn },
    calls: (endpoint) => state.heard.filter(({ path }) => path === PATHS[endpoint]),
    reset: () => state.reset(goodSays(issuer, honest)),
    rotateKeys: (to = newSigningKey(), { keepOld = false } = {}) => {
      state.say.keys = keepOld ? [...state.say.keys, to.jwk] : [to.jwk]
      state.say.key = to
      honest = to
      return to
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      if (options.key === undefined) idleKeys.push(key)
    },
  }
}

type Serve = (...call: Parameters<Parameters<typeof createServer>[1] & object>) => Promise<void>

/** The server is there before what it says, because its address stands in all of that. */
async function listen() {
  let answer: Serve | undefined
  const server = createServer((request, response) => void answer?.(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const answerWith = (serving: Serve) => {
    answer = serving
  }
  return { server, issuer: `http://127.0.0.1:${port}`, answerWith }
}

function kept(state: ProviderState, given: string): string {
  state.keep(given)
  return given
}
