/**
 * Makes a function that does a piece of pure work on a text once, for as long as that text comes again
 * over the same connection: a client sends its credential with each request, and to take it apart and
 * hash it costs more than all that follows. Kept is the last text of each connection, which goes with
 * the connection. What a credential is worth is no part of such work: that is asked at each request.
 *
 * The text is found by a hash that is seeded for each process: how long a wrong one takes tells
 * nothing of how it differs from the right one.
 * @param work gives the same for the same text, always
 */
export function lastOfConnection<V extends object | string | null>(
  work: (text: string) => V,
): (connection: object | undefined, text: string) => V {
  const lasts = new WeakMap<object, Map<string, V>>()
  return (connection, text) => {
    if (connection === undefined) return work(text)
    const last = lasts.get(connection)
    const known = last?.get(text)
    if (known !== undefined) return known
    const made = work(text)
    lasts.set(connection, new Map([[text, made]]))
    return made
  }
}
