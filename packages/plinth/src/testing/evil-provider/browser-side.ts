import type { Answer, Person } from '../person.ts'
import type { RawReply } from './raw-reply.ts'
import type { Endpoint } from './says.ts'

/** Fields of a callback that replace the good ones; `undefined` leaves one out. */
export type CallbackFields = Readonly<Record<string, string | undefined>>

/** Where a sign-in differs from a plain one. */
export interface SignInWith {
  /** More of the login's query: `return_to=/a`. */
  readonly login?: string
  readonly callback?: CallbackFields
}

/** What the provider does with browsers. */
export interface BrowserSide {
  /** What the browser brings back for an authorization URL, as the callback's path and query. */
  callback(authorizationUrl: string, more?: CallbackFields): string
  /** Starts a sign-in through this provider, with `login` as more of its query; answers the authorization URL. */
  start(person: Person, login?: string): Promise<string>
  /** Signs a browser in through this provider; the answer is the callback's. */
  signIn(person: Person, more?: SignInWith): Promise<Answer>
  /** How the endpoints answer that a browser visits itself. */
  readonly redirects: Partial<Record<Endpoint, RawReply>>
}

/** What that takes. */
export interface BrowserDeps {
  readonly name: string
  readonly issuer: string
  /** Makes a code for an authorization request. */
  readonly issue: (authorizationUrl: string) => string
}

/** Sends browsers back where they came from, without asking them anything. */
export function browserSide({ name, issuer, issue }: BrowserDeps): BrowserSide {
  const callback: BrowserSide['callback'] = (authorizationUrl, more = {}) => {
    const asked = new URL(authorizationUrl).searchParams
    const good = { code: issue(authorizationUrl), state: asked.get('state') ?? '', iss: issuer }
    const given = Object.entries({ ...good, ...more }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    )
    const { pathname } = new URL(asked.get('redirect_uri') ?? '/auth/web/callback', issuer)
    return `${pathname}?${new URLSearchParams(given)}`
  }
  const start: BrowserSide['start'] = async (person, login = '') => {
    const { status, headers } = await person.get(`/auth/web/login?provider=${name}&${login}`)
    const location = headers.get('location') ?? 'nowhere'
    if (location.startsWith(issuer)) return location
    throw new Error(`the sign-in did not start at ${name}: ${status} to ${location}`)
  }
  return {
    callback,
    start,
    signIn: async (person, { login, callback: more } = {}) =>
      person.get(callback(await start(person, login), more)),
    redirects: {
      authorize: (request, response) => {
        const url = new URL(request.url ?? '/', issuer)
        const back = new URL(url.searchParams.get('redirect_uri') ?? '/', issuer)
        const location = `${back.origin}${callback(url.href)}`
        response.writeHead(302, { location }).end()
      },
      end: (request, response) => {
        const asked = new URL(request.url ?? '/', issuer).searchParams
        const back = new URL(asked.get('post_logout_redirect_uri') ?? '/', issuer)
        const state = asked.get('state')
        if (state !== null) back.searchParams.set('state', state)
        response.writeHead(302, { location: back.href }).end()
      },
    },
  }
}
