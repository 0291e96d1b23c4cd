import { defineCommand } from 'citty'
import { devFolder } from '../dev/dev-folder.ts'
import { alarming, quiet, say } from '../dev/terminal.ts'
import { withProgress } from '../progress.ts'
import type { Diagnosis } from './examine.ts'

/** `plinth doctor`: 0 when nothing is wrong, 1 with findings, 2 when something could not be looked at. */
export const doctorCommand = defineCommand({
  meta: { description: 'Look for what is wrong with this service, each with what mends it' },
  args: {
    production: { type: 'boolean', description: 'Judge the configuration as production would' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const folder = devFolder()
    const [{ examine }, { subjectAt }] = await Promise.all([
      import('./examine.ts'),
      import('./subject.ts'),
    ])
    const work = subjectAt(folder, args.production === true).then(examine)
    const diagnosis = await withProgress('Looking', work)
    if (args.json) say(JSON.stringify(diagnosis, null, 2))
    else print(diagnosis)
    process.exitCode = exitCodeOf(diagnosis)
  },
})

/** Findings weigh more than what could not be looked at: they are certain. */
export function exitCodeOf({ findings, failed }: Diagnosis): 0 | 1 | 2 {
  if (findings.length > 0) return 1
  return failed.length > 0 ? 2 : 0
}

function print({ examined, findings, skipped, failed }: Diagnosis): void {
  for (const { code, severity, says, fix } of findings) {
    say(`${severity === 'error' ? alarming('✗') : '!'} ${says} ${quiet(code)}`)
    say(`  → ${fix}`)
  }
  for (const { name, because } of failed)
    say(alarming(`? ${name}: could not be looked at: ${because}`))
  for (const { name, because } of skipped) say(quiet(`- ${name}: not looked at; ${because}`))
  const count = findings.length
  say(
    `${examined.length} looked at, ${count === 0 ? 'nothing to mend' : `${count} to mend`}${failed.length > 0 ? `, ${failed.length} not to be seen` : ''}.`,
  )
}
