/** Milliseconds since 1970 as PostgreSQL and JSON write them. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
