import { askService } from '../service-process/ask-service.ts'
import type { Looked } from './finding.ts'

/** What `plinth attack` gets through. */
export async function checkAttack(service: string): Promise<Looked> {
  const { holes } = await askService({ kind: 'attack', service, details: { only: undefined } })
  return {
    code: 'checked',
    findings: holes.map(({ vector, route, what, place, fix }) => ({
      file: place?.file ?? null,
      line: place?.line ?? null,
      code: `attack.${vector.toLowerCase().replaceAll(/\W+/g, '-')}`,
      message: `${route ?? 'The database'}: ${what}.`,
      fix,
    })),
  }
}
