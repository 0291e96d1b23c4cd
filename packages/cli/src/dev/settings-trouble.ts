import type { loadServiceSettings } from './service-settings.ts'

type Refused = Extract<Awaited<ReturnType<typeof loadServiceSettings>>, { readonly ok: false }>

const LACKING = new Set(['config.missing', 'config.not_set'])
/** What `plinth dev` brings along, and a command that works on a database needs. */
const BROUGHT = new Set(['database.url', 'app.session_signing_secret', 'app.csrf_signing_secret'])

/**
 * What to say where the configuration of a service keeps a command from its database: when nothing
 * is wrong but that no database runs, that; else the faults, one a line.
 */
export function settingsTrouble({ faults, lines }: Refused): string {
  const isBrought = faults.every(({ code, key }) => LACKING.has(code) && BROUGHT.has(key ?? ''))
  if (!isBrought || !faults.some(({ key }) => key === 'database.url')) return lines.join('\n')
  return 'No database runs here: start one with `plinth dev`, or with `plinth dev start-env` without the server, or name yours in DATABASE_URL.'
}
