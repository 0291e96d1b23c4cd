import type { Identity } from '../identity-deps.ts'

/**
 * Drops what this process knows of somebody by heart, whether they come with a cookie or with an
 * access token: what a request changed holds for the next one already. The other processes hear of
 * it from the database, within a second.
 */
export function forgetPerson(
  { sessionCache, own }: Pick<Identity, 'sessionCache' | 'own'>,
  person: string,
): void {
  sessionCache?.forget(person)
  own.cache?.forget(`person ${person}`)
}
