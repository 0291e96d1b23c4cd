import { defineCommand } from 'citty'
import { type ConfigCommandParts, loadFor } from './service-configuration.ts'

/** `plinth config check`: 0 when the service would start with this configuration, else 2. */
export function checkCommand(parts: ConfigCommandParts) {
  return defineCommand({
    meta: { description: 'Check the configuration and print everything that is wrong with it' },
    args: {
      environment: {
        type: 'string',
        valueHint: 'production',
        description: 'Check as if the service ran in this environment',
      },
      json: { type: 'boolean', description: 'Print JSON' },
    },
    async run({ args }) {
      // Without an environment it is about this one, where a running `plinth dev` brings what is missing.
      if (args.environment === undefined) await parts.lend?.()
      const report = await check(parts, args.environment)
      if (args.json) parts.print(JSON.stringify(report, null, 2))
      else for (const line of linesOf(report)) parts.print(line)
      if (!report.ok) parts.exitWith(2)
    },
  })
}

type Report = Awaited<ReturnType<typeof check>>

async function check(parts: ConfigCommandParts, environment: string | undefined) {
  const { faultLine, noticeLine, unsafeChoices } = await import('plinth/config')
  const { loaded } = await loadFor(parts, environment)
  const faults = loaded.ok ? [] : loaded.faults
  return {
    ok: loaded.ok,
    environment: loaded.environment,
    faults: faults.map((fault) => ({
      code: fault.code,
      place: fault.place,
      key: fault.key,
      line: faultLine(fault),
    })),
    notices: loaded.notices.map(noticeLine),
    unsafe: loaded.ok ? unsafeChoices(loaded.config, loaded.sources) : [],
  }
}

function linesOf({ ok, environment, faults, notices, unsafe }: Report): readonly string[] {
  const summary = ok
    ? `The configuration is complete (${environment}).`
    : `The service does not start with this configuration (${environment}): ${faults.length} to mend.`
  return [
    ...faults.map(({ line }) => line),
    ...notices.map((line) => `notice: ${line}`),
    ...unsafe.map(({ setting, consequence }) => `unsafe: ${setting}: ${consequence}`),
    summary,
  ]
}
