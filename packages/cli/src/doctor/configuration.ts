import { type Examined, examined, type Finding } from './finding.ts'
import type { Subject } from './subject.ts'

/** Everything that keeps the service from starting, and what it reads that has a newer name. */
export async function examineConfiguration({ loaded, production }: Subject): Promise<Examined> {
  const { faultLine, noticeLine } = await import('plinth/config')
  const environment = production ? ' in production' : ''
  const faults = loaded.ok ? [] : loaded.faults
  return examined([
    ...faults.map((fault): Finding => {
      const [says, fix] = halves(faultLine(fault))
      return { code: codeOf(fault), severity: 'error', says: `${says}${environment}.`, fix }
    }),
    ...loaded.notices.map((notice): Finding => {
      const fix = 'Write the name of today; `plinth config explain` lists all.'
      return { code: notice.code, severity: 'warning', says: noticeLine(notice), fix }
    }),
  ])
}

/** The weak, the equal and the forgotten secret are found by one name, whatever rule they break. */
function codeOf({ code, key = '' }: { readonly code: string; readonly key?: string }): string {
  return /_(secret|token|password)$/.test(key) ? code.replace(/^config\./, 'secret.') : code
}

function halves(line: string): readonly [string, string] {
  const [says = line, fix = 'See `plinth config explain`'] = line.split(' → ')
  return [says, `${fix.charAt(0).toUpperCase()}${fix.slice(1)}.`]
}

/** Choices that are allowed and weaken a protection; asked for production. */
export async function examineChoices({ filled }: Subject): Promise<Examined> {
  if (!filled.ok) return { code: 'skipped', because: 'the configuration has faults to mend first' }
  const { unsafeChoices } = await import('plinth/config')
  return examined(
    unsafeChoices(filled.config, filled.sources).map(({ setting, consequence }) => ({
      code: `unsafe.${setting}`,
      severity: 'warning',
      says: `${setting}: ${consequence}`,
      fix: `Choose another value, or know why not: plinth config explain ${setting}.`,
    })),
  )
}
