import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest } from '../template/manifest.ts'
import { installedVersion } from '../update/release.ts'
import { repositoryAt } from '../update/repository.ts'
import { readState } from '../update/update-state.ts'
import { isNewer } from '../update/version-order.ts'
import { type Examined, examined, type Finding, skipped } from './finding.ts'
import type { Subject } from './subject.ts'

/** Whether the service can be updated, and whether an update waits. */
export async function examineTemplate({ folder: { service } }: Subject): Promise<Examined> {
  if (!existsSync(join(service, '.plinth', 'manifest.json')))
    return skipped('this service was not made by `plinth new`, so there is nothing to follow')
  const { plinth, files } = await readManifest(service)
  const missing = Object.entries(files)
    .filter(
      ([path, { class: kind }]) =>
        kind === 'shared' && !existsSync(join(service, '.plinth', 'base', path)),
    )
    .map(([path]) => path)
  return examined([
    ...behind(plinth, await installedVersion()),
    ...(missing.length > 0 ? [withoutBase(missing)] : []),
    ...(await unfinished(service)),
  ])
}

function behind(follows: string, installed: string): readonly Finding[] {
  if (follows === installed) return []
  const older = isNewer(installed, follows) === true
  return [
    {
      code: older ? 'template.behind' : 'template.ahead',
      severity: 'warning',
      says: `The files of this service follow Plinth ${follows}, and ${installed} is installed.`,
      fix: older ? 'Run `plinth update`.' : 'Install the version that the files follow.',
    },
  ]
}

function withoutBase(paths: readonly string[]): Finding {
  return {
    code: 'template.no_base',
    severity: 'error',
    says: `.plinth/base/ lacks ${paths.join(', ')}, so an update cannot tell your edits there from the template’s.`,
    fix: 'Restore it: git checkout HEAD -- .plinth/base.',
  }
}

async function unfinished(service: string): Promise<readonly Finding[]> {
  const git = repositoryAt(service)
  if (!(await git.ask('rev-parse', '--git-dir')).ok) return []
  const state = await readState(git)
  if (state === undefined || state.phase === 'done') return []
  return [
    {
      code: 'template.unfinished',
      severity: 'error',
      says: `An update to ${state.to} is not finished${state.conflicts.length > 0 ? `; conflicts in ${state.conflicts.join(', ')}` : ''}.`,
      fix: 'Run `plinth update --continue`, or go back: `plinth update --abort`.',
    },
  ]
}
