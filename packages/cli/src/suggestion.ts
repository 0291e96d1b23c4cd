/** The known name that a mistyped one most likely means. Loaded only once something is mistyped. */
export async function suggestion(
  name: string,
  known: readonly string[],
): Promise<string | undefined> {
  const { nearest } = await import('plinth/config')
  return nearest(name, known)
}
