import type { SettingRow } from './describe-settings.ts'
import type { SettingNames } from './setting-names.ts'

const INTRODUCTION = `# Configuration

<!-- Generated from the settings schemas. Edit those, then run: npm run gen -->

Settings stand in \`config.yaml\`, under the top-level key \`config:\`. An environment variable from the tables
below wins over the file. \`plinth config explain [key]\` shows each value and where it came from;
\`plinth config check\` lists everything that would keep the service from starting.

| in config.yaml | becomes |
|---|---|
| \`\${NAME}\` | the variable; unset in an optional place, the entry is dropped |
| \`\${NAME:-default}\` | the default when NAME is unset or empty (\`\${NAME-default}\`: only when unset); may nest |
| \`\${NAME:?message}\` | a refusal with this message when NAME is unset or empty |
| \`$\${NAME}\` | the text \`\${NAME}\` |

The file is parsed before variables are put in, so a value may hold \`#\`, quotes, colons and line breaks.

Variables, later ones winning: secret files (\`*.txt\` in \`SECRETS_KEYS_DIR\`, else \`infra/secrets/keys\`, else
\`secrets/keys\`; the file name in capitals is the variable) · \`.env\` · \`.env.<environment>\` · the process · \`NAME_FILE\`
(a file that holds the value of NAME; giving NAME as well is refused) · \`PRODUCTION_NAME\`, \`DEVELOPMENT_NAME\` or \`TEST_NAME\`
as NAME in that environment.
`

/**
 * The page docs/configuration.md.
 * @param rows every setting, from describeSettings
 * @param names for the list of names that nothing reads yet
 */
export function renderConfigurationDocs(rows: readonly SettingRow[], names: SettingNames): string {
  const blocks = [...new Set(rows.map(({ key }) => key.split('.')[0] ?? ''))]
  const tables = blocks.map((block) =>
    renderBlock(
      block,
      rows.filter(({ key }) => isIn(key, block)),
    ),
  )
  return [INTRODUCTION, ...tables, renderUnread(names)].join('\n')
}

function isIn(key: string, block: string): boolean {
  return key === block || key.startsWith(`${block}.`)
}

function renderBlock(block: string, rows: readonly SettingRow[]): string {
  const head = '| key | takes | default | variable | meaning |\n|---|---|---|---|---|'
  return `## ${block}\n\n${head}\n${rows.map(renderRow).join('\n')}\n`
}

function renderRow({ key, type, required, fallback, variables, description }: SettingRow): string {
  const value = fallback === undefined ? (required ? '**required**' : '') : code(fallback)
  const cells = [code(key), cell(type), value, variables.map(code).join(', '), cell(description)]
  return `| ${cells.join(' | ')} |`
}

function renderUnread({ variables, laterKeys }: SettingNames): string {
  const unread = variables.filter(({ later }) => later !== undefined)
  const lines = [
    ...unread.map(({ name, later }) => `| ${code(name)} | ${cell(later ?? '')} |`),
    ...laterKeys.map(({ key, says }) => `| ${code(key)} | ${cell(says)} |`),
  ]
  const intro = 'Known and accepted; each one that is set is announced at start.'
  return `## Names that nothing reads yet\n\n${intro}\n\n| name | what happens |\n|---|---|\n${lines.join('\n')}\n`
}

function code(text: string): string {
  return `\`${cell(text)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
