/** Column of a query: what the server's clock shows, in milliseconds since 1970. */
export const SERVER_TIME =
  '(extract(epoch from pg_catalog.clock_timestamp()) * 1000)::text as server_ms'

/** Reads {@link SERVER_TIME} from a row. */
export function serverTimeOf(row: Readonly<Record<string, unknown>> | undefined): number {
  const showsMs = Number(row?.['server_ms'])
  if (!Number.isFinite(showsMs)) throw new Error('the database did not say what time it is')
  return showsMs
}
