import { type CookieJar, type LoginCredentials, visit } from '../provider/index.ts'

const MAX_HOPS = 10
const FORM = /<form[^>]*\bid="kc-form-login"[^>]*\baction="([^"]+)"/

/**
 * Signs in at Keycloak the way a browser does: follows redirects, fills in the form it finds.
 * @param url where the service sent the browser: to sign in, or to sign out
 * @returns the URL of the service, with its query, that Keycloak sends the browser to
 * @throws Error when Keycloak refuses the password or answers with anything but a sign-in
 */
export async function completeKeycloakLogin(
  url: string,
  credentials: LoginCredentials,
  jar: CookieJar = new Map(),
): Promise<string> {
  const home = new URL(url).origin
  let step: Step = { url, form: undefined }
  let filled = false
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const answer = await visit(step.url, step.form, jar)
    const location = answer.headers.get('location')
    if (location !== null) {
      await answer.body?.cancel()
      const target = new URL(location, step.url)
      if (target.origin !== home) return target.href
      step = { url: target.href, form: undefined }
      continue
    }
    const action = FORM.exec(await answer.text())?.[1]?.replaceAll('&amp;', '&')
    if (action === undefined)
      throw new Error(`Keycloak answered ${answer.status} at ${new URL(step.url).pathname}.`)
    if (filled) throw new Error(`The provider refused the password of ${credentials.username}.`)
    filled = true
    step = {
      url: new URL(action, step.url).href,
      form: new URLSearchParams({ ...credentials, credentialId: '' }),
    }
  }
  throw new Error(`The provider redirected more than ${MAX_HOPS} times.`)
}

interface Step {
  readonly url: string
  readonly form: URLSearchParams | undefined
}
