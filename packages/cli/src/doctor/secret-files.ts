import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { repositoryAt } from '../update/repository.ts'
import { type Examined, examined, type Finding } from './finding.ts'
import type { Subject } from './subject.ts'

const READABLE_BY_OTHERS = 0o044
const FILES = ['.env', '.env.local', '.env.production', '.plinth/dev/secrets']

/** Files with secrets in them: who can read them, and whether git carries them away. */
export async function examineSecretFiles({ folder }: Subject): Promise<Examined> {
  const findings: Finding[] = []
  const git = repositoryAt(folder.service)
  for (const file of FILES) {
    const facts = await stat(join(folder.service, file)).catch(() => undefined)
    if (facts === undefined) continue
    // Windows has no such bits, and says that all are set.
    if (process.platform !== 'win32' && (facts.mode & READABLE_BY_OTHERS) !== 0)
      findings.push({
        code: 'secret.readable',
        severity: 'warning',
        says: `Other users of this machine can read ${file}.`,
        fix: `chmod 600 ${file}`,
      })
    if ((await git.ask('ls-files', '--error-unmatch', '--', file)).ok)
      findings.push({
        code: 'secret.committed',
        severity: 'error',
        says: `${file} is in git, and so is every secret in it, for good.`,
        fix: `git rm --cached ${file}, add it to .gitignore, and make new secrets: openssl rand -base64 32.`,
      })
  }
  return examined(findings)
}
