import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiChange } from '../openapi/api-change.ts'
import { OPENAPI_FILE } from '../openapi/breaking-changes.ts'
import { askService } from '../service-process/ask-service.ts'
import type { Looked } from './finding.ts'

/** What stands in src/generated/, against the code; asked once for three parts. */
export type Generated = ReturnType<typeof askGenerated>

/** Asks the service what src/generated/ should hold. */
export function askGenerated(service: string) {
  return askService({ kind: 'generated', service, details: {} })
}

const CENSUS = 'src/generated/routes.txt'

/** Files of src/generated/ that are not what the code says. */
export async function checkSync(generated: Generated): Promise<Looked> {
  const { stale } = await generated
  return {
    code: 'checked',
    findings: stale
      .filter((file) => file !== CENSUS)
      .map((file) => ({
        file,
        line: null,
        code: 'sync.stale',
        message: 'It is not what the code says.',
        fix: 'Run `npx plinth sync` and commit what it writes.',
      })),
  }
}

/** The committed list of routes and of who may call them. */
export async function checkCensus(generated: Generated): Promise<Looked> {
  const { stale } = await generated
  const finding = {
    file: CENSUS,
    line: null,
    code: 'census.changed',
    message: 'Routes, or who may call them, are not what was last reviewed.',
    fix: 'Run `npx plinth sync`, read what changed in this file, and commit it.',
  }
  return { code: 'checked', findings: stale.includes(CENSUS) ? [finding] : [] }
}

/** What the API breaks for its callers. */
export async function checkOpenApi(service: string, generated: Generated): Promise<Looked> {
  const { api } = await generated
  const breaking = api.filter(({ weight }) => weight === 'breaking')
  const text = breaking.length === 0 ? '' : await readFile(join(service, OPENAPI_FILE), 'utf8')
  const lines = text.split('\n')
  return {
    code: 'checked',
    findings: breaking.map((change) => ({
      file: OPENAPI_FILE,
      line: lineOf(lines, change),
      code: `openapi.${change.code}`,
      message: `${change.where} ${change.what}; callers would break.`,
      fix: 'Keep what callers use, or accept it with `npx plinth sync --accept-breaking`.',
    })),
  }
}

/** The line of the committed document at which the path begins. */
function lineOf(lines: readonly string[], { where }: ApiChange): number | null {
  const [path = ''] = (where.split(' ')[1] ?? '').split(',')
  const at = lines.findIndex((line) => line.includes(`${JSON.stringify(path)}:`))
  return at < 0 ? null : at + 1
}
