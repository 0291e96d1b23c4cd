import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Examined, examined, type Finding } from './finding.ts'
import type { Subject } from './subject.ts'

/** The service's own word on the Node version against the one that runs here. */
export async function examineNode({ folder }: Subject): Promise<Examined> {
  const text = await readFile(join(folder.service, '.node-version'), 'utf8').catch(() => '')
  return examined(nodeFindings(text.trim(), process.versions.node))
}

/**
 * @param wanted what `.node-version` says; `''` when there is none
 * @param running the version of this process
 */
export function nodeFindings(wanted: string, running: string): readonly Finding[] {
  const major = (version: string) => Number.parseInt(version.replace(/^v/, ''), 10)
  if (wanted === '' || Number.isNaN(major(wanted)) || major(wanted) === major(running)) return []
  return [
    {
      code: 'node.version',
      severity: major(running) < major(wanted) ? 'error' : 'warning',
      says: `This is Node ${running}, and .node-version says ${wanted}.`,
      fix: `Install Node ${wanted}, or write the version that you mean to run into .node-version.`,
    },
  ]
}
