import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { type ConfigCommandParts, type Explanation, loadFor } from './service-configuration.ts'

/** `plinth config explain [key]`: value, source, default and meaning; secrets are never shown. */
export function explainCommand(parts: ConfigCommandParts) {
  return defineCommand({
    meta: { description: 'Show settings, where each value comes from and what it means' },
    args: {
      key: {
        type: 'positional',
        required: false,
        description: 'A setting or a block: app.base_url, database, DATABASE_URL',
      },
      environment: {
        type: 'string',
        valueHint: 'production',
        description: 'Explain as if the service ran in this environment',
      },
      json: { type: 'boolean', description: 'Print JSON' },
    },
    async run({ args }) {
      if (args.environment === undefined) await parts.lend?.()
      const { found, known } = await explain(parts, args.key ?? '', args.environment)
      if (args.json) return parts.print(JSON.stringify(found, null, 2))
      for (const line of linesOf(found)) parts.print(line)
      if (!known) parts.print(UNKNOWN)
    },
  })
}

const UNKNOWN =
  'The values are not known, as the configuration is not complete: `plinth config check` says what is missing, and a running `plinth dev` brings its own.'

async function explain(parts: ConfigCommandParts, asked: string, environment: string | undefined) {
  const { describeSettings, explainSettings, nearest } = await import('plinth/config')
  const { schema, names, loaded } = await loadFor(parts, environment)
  const rows = describeSettings(schema, names)
  const key = names.variables.find(({ name }) => name === asked)?.key ?? asked
  const known = loaded.ok
    ? { schema, rows, config: loaded.config, sources: loaded.sources }
    : { schema, rows, config: undefined, sources: new Map() }
  const found = explainSettings(known, key)
  if (found.length > 0) return { found, known: loaded.ok }
  const near = nearest(key, [
    ...rows.map((row) => row.key),
    ...names.variables.map(({ name }) => name),
  ])
  const next = near === undefined ? 'see `plinth config explain`.' : `did you mean ${near}?`
  throw misuse(`"${asked}" is not a setting; ${next}`)
}

function linesOf(found: readonly Explanation[]): readonly string[] {
  const [only] = found
  return found.length === 1 && only !== undefined ? card(only) : found.map(row)
}

function row({ key, value, source }: Explanation): string {
  return `${key} = ${shown(value)}   (${source})`
}

function card(setting: Explanation): readonly string[] {
  const facts = [
    ['value', shown(setting.value)],
    ['source', setting.source],
    ['takes', setting.type],
    ['default', setting.default ?? 'none'],
    ['variables', setting.variables.join(', ') || 'none'],
    ['meaning', setting.description],
  ] as const
  return [setting.key, ...facts.map(([name, text]) => `  ${name.padEnd(10)}${text}`)]
}

function shown(value: unknown): string {
  return value === undefined ? 'not set' : typeof value === 'string' ? value : JSON.stringify(value)
}
