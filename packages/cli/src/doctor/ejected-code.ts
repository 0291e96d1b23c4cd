import { ejectable, folderOf } from '../eject/ejectable.ts'
import { changedSince, readEjected } from '../eject/ejected-record.ts'
import { featureSource } from '../eject/feature-source.ts'
import { type Examined, examined, type Finding } from './finding.ts'
import type { Subject } from './subject.ts'

/** Whether the platform changed, since, what the service took over: a fix may be among it. */
export async function examineEjected({ folder }: Subject): Promise<Examined> {
  const findings: Finding[] = []
  for (const [name, record] of Object.entries(await readEjected(folder.service))) {
    const feature = ejectable(name)
    const changed = changedSince(record, await featureSource(feature.room))
    if (changed.length === 0) continue
    findings.push({
      code: 'ejected.behind',
      severity: 'warning',
      says: `${folderOf(feature)} was copied from Plinth ${record.plinth}, and the platform has changed ${changed.join(', ')} since.`,
      fix: `Run \`plinth eject ${name} --diff\`, take what you need, then \`plinth eject ${name} --seen\`.`,
    })
  }
  return examined(findings)
}
