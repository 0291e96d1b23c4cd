import type { Person, SignInOptions, World } from 'plinth/testing'

/** Somebody with a session, and what a request of theirs carries. */
export interface Caller {
  readonly cookie: string
  readonly csrf: string
  /** Everything that one of our own pages would send. */
  readonly headers: Readonly<Record<string, string>>
}

/** Somebody without a session: only what every browser says. */
export function visitorHeaders(origin: string): Readonly<Record<string, string>> {
  return { 'user-agent': AGENT, accept: 'application/json', origin }
}

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0'

/** Signs people in; each of another name, so that who signs out ends nobody else's session. */
export function callers(world: World) {
  const { origin } = new URL(world.service.config.app.base_url)
  let count = 0
  const headersOf = (person: Person, csrf: string) => {
    const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return { cookie, csrf, headers: { ...visitorHeaders(origin), cookie, 'x-csrf-token': csrf } }
  }
  return async (options: SignInOptions, who?: string): Promise<Caller> => {
    count += 1
    const person = await world.signIn(who ?? `attack-${count}`, options)
    return headersOf(person, await person.refreshCsrf())
  }
}
