import { type CookieJar, visit } from './visit.ts'

/** Who signs in, and the cookies of their browser. */
export interface LoginCredentials {
  readonly username: string
  readonly password: string
}

const MAX_HOPS = 10

/**
 * Signs in at the development provider the way a browser does: follows redirects, fills in the form.
 * @param authorizationUrl where the service sent the browser
 * @returns the callback URL, with `code` and `state`, that the provider sends the browser to
 * @throws Error when the provider refuses the password or answers with anything but a sign-in
 */
export async function completeLogin(
  authorizationUrl: string,
  credentials: LoginCredentials,
  jar: CookieJar = new Map(),
): Promise<string> {
  const home = new URL(authorizationUrl).origin
  let at = authorizationUrl
  let form: URLSearchParams | undefined
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const response = await visit(at, form, jar)
    const location = response.headers.get('location')
    await response.body?.cancel()
    if (location !== null) {
      const target = new URL(location, at)
      if (target.origin !== home) return target.href
      at = target.href
      form = undefined
    } else if (response.status === 200 && form === undefined && at.includes('/login/')) {
      form = new URLSearchParams({ ...credentials })
    } else if (response.status === 401) {
      throw new Error(`The provider refused the password of ${credentials.username}.`)
    } else throw new Error(`The provider answered ${response.status} at ${new URL(at).pathname}.`)
  }
  throw new Error(`The provider redirected more than ${MAX_HOPS} times.`)
}
