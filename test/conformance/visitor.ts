import type { Person, SignInOptions, World } from '../../packages/plinth/src/testing/index.ts'
import { COOKIE, OWN } from './service.ts'

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0'

/** A session as its browser holds it. */
export interface Visitor {
  readonly person: Person
  readonly token: string
  readonly csrf: string
  /** The headers with which our own pages change something. */
  readonly headers: Readonly<Record<string, string>>
}

/** Signs somebody in and asks for the CSRF token. */
export async function visit(
  world: World,
  who: string,
  options: SignInOptions = {},
): Promise<Visitor> {
  const person = await world.signIn(who, options)
  const csrf = await person.refreshCsrf()
  const token = person.cookies.get(COOKIE) ?? ''
  const headers = {
    'user-agent': BROWSER,
    cookie: `${COOKIE}=${token}`,
    origin: OWN,
    'x-csrf-token': csrf,
  }
  return { person, token, csrf, headers }
}
