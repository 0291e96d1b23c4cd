/** Nobody answers at an address, or it leads nowhere. */
const SILENT = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
])

/** What PostgreSQL refuses a connection with (its appendix A), and what helps. */
const REFUSED: Readonly<Record<string, string>> = {
  '28000': 'correct DATABASE_URL, or DATABASE_OWNER_URL',
  '28P01': 'correct the password in DATABASE_URL, or DATABASE_OWNER_URL',
  '3D000': 'correct DATABASE_URL, or make it with `plinth db setup --admin-url …`',
}

/** One sentence for whatever was thrown, with the next step where a connection did not come about. */
export function plainSentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  if (code !== undefined && SILENT.has(code)) {
    return `Nothing answers at ${placeOf(error)} (${code}). If that is the database: \`plinth dev start-env\` starts one for development; else correct DATABASE_URL, or DATABASE_OWNER_URL.`
  }
  const helps = code === undefined ? undefined : REFUSED[code]
  if (helps !== undefined) return `The database refuses the connection: ${error.message}; ${helps}.`
  return error.message === ''
    ? 'It failed without a reason; set PLINTH_DEBUG=1 to see where.'
    : error.message
}

/** The address that was tried; of a name with several addresses, the first. */
function placeOf(error: Error): string {
  const tried: unknown = error instanceof AggregateError ? error.errors[0] : error
  const { address, hostname, port } = Object(tried) as Readonly<Record<string, unknown>>
  const host = address ?? hostname ?? 'the address'
  return port === undefined ? String(host) : `${host}:${port}`
}
