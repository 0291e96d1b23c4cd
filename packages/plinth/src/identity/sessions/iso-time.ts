// RFC 3339 has four digits for a year; PostgreSQL does not read the six that JavaScript writes.
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** Milliseconds since 1970 as PostgreSQL and JSON write them, to the end of the year 9999 (FI-32). */
export function isoTime(ms: number): string {
  return new Date(Math.min(ms, LAST_MS)).toISOString()
}
