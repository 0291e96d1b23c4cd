/** A database that is there for one comparison. */
export interface Scratch {
  /** URL of the role that migrates. */
  readonly ownerUrl: string
  /** URL of a role that sees everything. */
  readonly adminUrl: string
}

/**
 * Lends a database that holds the platform's tables and nothing else; it is dropped at the end, however
 * that comes. It stands on the server of the tests: an embedded one that goes away when nobody uses
 * it, or the one that PLINTH_TEST_POSTGRES_URL names.
 */
export async function withOneDatabase<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const { openTestDatabase } = await import('plinth/testing')
  await using database = await openTestDatabase()
  return await work(database)
}

/** Lends two of them. */
export function withTwoDatabases<T>(
  work: (written: Scratch, declared: Scratch) => Promise<T>,
): Promise<T> {
  return withOneDatabase((written) => withOneDatabase((declared) => work(written, declared)))
}
