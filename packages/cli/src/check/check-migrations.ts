import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { askService } from '../service-process/ask-service.ts'
import { featureModules } from '../sync/feature-modules.ts'
import type { Looked } from './finding.ts'

/** Entities that no committed migration leads to. */
export async function checkMigrations(service: string): Promise<Looked> {
  const names = await askService({ kind: 'migrations', service, details: {} })
  const places = await Promise.all(names.map((name) => declarationOf(service, name)))
  return {
    code: 'checked',
    findings: names.map((name, at) => ({
      file: places[at]?.file ?? null,
      line: places[at]?.line ?? null,
      code: 'migration.missing',
      message: `The migrations do not make what ${name} declares.`,
      fix: 'Run `npx plinth db revision -m "what changed"` and review what it writes.',
    })),
  }
}

/** The line that declares an entity; undefined where the entity is gone. */
async function declarationOf(service: string, name: string) {
  const declaration = new RegExp(`\\bentity\\(\\s*['"\`]${name}['"\`]`)
  for (const file of await featureModules(service)) {
    const text = await readFile(join(service, file), 'utf8')
    const at = declaration.exec(text)?.index
    if (at !== undefined) return { file, line: text.slice(0, at).split('\n').length }
  }
  return undefined
}
