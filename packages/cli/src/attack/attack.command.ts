import { defineCommand } from 'citty'
import { CliError } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { say } from '../dev/terminal.ts'
import { withProgress } from '../progress.ts'
import type { AttackReport } from './attack-report.ts'

/** `plinth attack`: tries to get what nobody should, on every route of the service here. */
export const attackCommand = defineCommand({
  meta: {
    description:
      'Attack every route of this service as nobody, as another tenant, without the right, from another site, and more; exit 1 on a hole. ' +
      'It runs against a copy with a fresh database and touches nothing of yours',
  },
  args: {
    only: {
      type: 'string',
      valueHint: '/products',
      description: 'Only routes that hold this text',
    },
    brief: { type: 'boolean', description: 'Only holes and one line, as in CI' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const { askService } = await import('../service-process/ask-service.ts')
    const { service } = devFolder()
    const work = askService({ kind: 'attack', service, details: { only: args.only } })
    const report = await withProgress('Attacking the service', work)
    if (args.json) say(JSON.stringify(report))
    else await print(report, args.brief === true || isCi())
    if (report.routes.length === 0)
      throw new CliError(`No route holds "${args.only ?? ''}"; see \`plinth routes\`.`, 2)
    if (report.holes.length > 0) process.exitCode = 1
  },
})

function isCi(): boolean {
  const value = process.env['CI']
  return value !== undefined && value !== '' && value !== 'false' && value !== '0'
}

async function print(report: AttackReport, brief: boolean): Promise<void> {
  const { attackSummary, attackTable, holeLine } = await import('./render-attack.ts')
  const { vectors } = await import('./vectors.ts')
  if (!brief) say(`${attackTable(report, vectors)}\n`)
  for (const note of report.notes) say(`note  ${note}`)
  for (const hole of report.holes) say(holeLine(hole))
  say(attackSummary(report))
}
