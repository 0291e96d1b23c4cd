import { examineChoices, examineConfiguration } from './configuration.ts'
import { examineDatabase } from './database.ts'
import { examineEjected } from './ejected-code.ts'
import type { Examined, Finding } from './finding.ts'
import { examineGenerated, examineMigrations } from './generated-files.ts'
import { examineVersions } from './known-bad-versions.ts'
import { examineNode } from './node-version.ts'
import { examinePackages } from './packages.ts'
import { examinePorts } from './ports.ts'
import { examineSecretFiles } from './secret-files.ts'
import type { Subject } from './subject.ts'
import { examineTemplate } from './template-files.ts'

/** One thing that is looked at. */
interface Examination {
  readonly name: string
  readonly look: (subject: Subject) => Promise<Examined>
  /** Left out where only production is asked about: it is about this machine. */
  readonly here?: true
  /** Only asked for production. */
  readonly productionOnly?: true
}

const ALL: readonly Examination[] = [
  { name: 'Node', look: examineNode, here: true },
  { name: 'packages', look: examinePackages, here: true },
  { name: 'versions known to be bad', look: examineVersions },
  { name: 'configuration', look: examineConfiguration },
  { name: 'unsafe choices', look: examineChoices, productionOnly: true },
  { name: 'files with secrets', look: examineSecretFiles },
  { name: 'ports', look: examinePorts, here: true },
  { name: 'generated files', look: examineGenerated },
  { name: 'entities and migrations', look: examineMigrations },
  { name: 'database', look: examineDatabase },
  { name: 'ejected code', look: examineEjected },
  { name: 'template', look: examineTemplate },
]

/** What was looked at, what was found, and where nobody could look. */
export interface Diagnosis {
  readonly examined: readonly string[]
  readonly findings: readonly Finding[]
  readonly skipped: readonly Unseen[]
  /** An examination that failed: its findings are not known. */
  readonly failed: readonly Unseen[]
}

/** A thing that was not looked at, and why. */
export interface Unseen {
  readonly name: string
  readonly because: string
}

/** Looks at everything; one examination that fails does not keep the others from looking. */
export async function examine(subject: Subject): Promise<Diagnosis> {
  const { production } = subject
  const asked = ALL.filter((one) => (production ? one.here !== true : one.productionOnly !== true))
  const examined: string[] = []
  const findings: Finding[] = []
  const [skipped, failed]: Unseen[][] = [[], []]
  for (const { name, look } of asked) {
    try {
      const found = await look(subject)
      if (found.code === 'skipped') skipped?.push({ name, because: found.because })
      else {
        examined.push(name)
        findings.push(...found.findings)
      }
    } catch (error) {
      failed?.push({ name, because: error instanceof Error ? error.message : String(error) })
    }
  }
  return { examined, findings, skipped: skipped ?? [], failed: failed ?? [] }
}
