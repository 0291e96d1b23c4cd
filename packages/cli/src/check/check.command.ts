import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { say } from '../dev/terminal.ts'
import { withProgress } from '../progress.ts'
import { suggestion } from '../suggestion.ts'
import type { CheckReport } from './check-service.ts'
import type { Part } from './parts.ts'

/** `plinth check`: everything that must hold before a change goes in. */
export const checkCommand = defineCommand({
  meta: {
    description:
      'Check types, lint, generated files, routes, API, migrations, and attack the service; run it until it is green',
  },
  args: {
    only: { type: 'string', valueHint: 'types,attack', description: 'Only these parts' },
    skip: { type: 'string', valueHint: 'lint', description: 'All parts but these' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const [{ parts }, { checkService }] = await Promise.all([
      import('./parts.ts'),
      import('./check-service.ts'),
    ])
    const { service } = devFolder()
    const chosen = await choose(parts, args)
    const report = await withProgress('Checking the service', checkService(service, chosen))
    if (args.json) say(JSON.stringify(report))
    else await print(report)
    if (report.findings.length > 0) process.exitCode = 1
  },
})

interface Choice {
  readonly only?: string | undefined
  readonly skip?: string | undefined
}

async function choose(parts: readonly Part[], { only, skip }: Choice): Promise<readonly Part[]> {
  const [wanted, unwanted] = [await named(parts, only), await named(parts, skip)]
  return parts.filter(
    ({ name }) => (wanted.length === 0 || wanted.includes(name)) && !unwanted.includes(name),
  )
}

async function named(parts: readonly Part[], list = ''): Promise<readonly string[]> {
  const known = parts.map(({ name }) => name)
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  for (const name of names) {
    if (known.includes(name)) continue
    const near = await suggestion(name, known)
    const next = near === undefined ? `they are ${known.join(', ')}.` : `did you mean ${near}?`
    throw misuse(`There is no part "${name}" to check; ${next}`)
  }
  return names
}

async function print({ findings, parts }: CheckReport): Promise<void> {
  const { findingLine } = await import('./finding.ts')
  const { styleText } = await import('node:util')
  for (const { name, state, because, ms } of parts) {
    const sign = SIGNS[state]
    const count = findings.filter(({ part }) => part === name).length
    const said = because ?? (count === 0 ? 'ok' : `${count} to mend`)
    say(
      `${styleText(COLOURS[state], sign, { stream: process.stdout })} ${name.padEnd(11)}${said}  ${(ms / 1_000).toFixed(1)} s`,
    )
  }
  for (const finding of findings) say(`\n${findingLine(finding)}`)
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`
  say(`\ncheck: ${count}`)
}

const SIGNS = { ok: '✓', findings: '✗', skipped: '-' } as const
const COLOURS = { ok: 'green', findings: 'red', skipped: 'dim' } as const
