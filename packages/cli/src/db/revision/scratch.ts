/** A database that is there for one comparison. */
export interface Scratch {
  /** URL of the role that migrates. */
  readonly ownerUrl: string
  /** URL of a role that sees everything. */
  readonly adminUrl: string
}

/**
 * Lends two databases that hold the platform's tables and nothing else; they are dropped at the end,
 * however it comes. They stand on the server of the tests: an embedded one that goes away when
 * nobody uses it, or the one that PLINTH_TEST_POSTGRES_URL names.
 */
export async function withTwoDatabases<T>(
  work: (written: Scratch, declared: Scratch) => Promise<T>,
): Promise<T> {
  const { openTestDatabase } = await import('plinth/testing')
  // The first makes the template that the second clones.
  await using written = await openTestDatabase()
  await using declared = await openTestDatabase()
  return await work(written, declared)
}
