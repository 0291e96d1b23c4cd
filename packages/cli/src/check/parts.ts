import { checkAttack } from './check-attack.ts'
import type { Generated } from './check-generated.ts'
import { askGenerated, checkCensus, checkOpenApi, checkSync } from './check-generated.ts'
import { checkLint } from './check-lint.ts'
import { checkMigrations } from './check-migrations.ts'
import { checkTypes } from './check-types.ts'
import type { Looked } from './finding.ts'

/** What the parts of one check share. */
export interface Checking {
  readonly service: string
  /** Asked when the first part wants it. */
  generated(): Generated
}

/** One part of the check. */
export interface Part {
  readonly name: string
  look(checking: Checking): Promise<Looked>
}

/** Every part, in the order in which they are told. Another one is another row. */
export const parts: readonly Part[] = [
  { name: 'types', look: ({ service }) => checkTypes(service) },
  { name: 'lint', look: ({ service }) => checkLint(service) },
  { name: 'sync', look: ({ generated }) => checkSync(generated()) },
  { name: 'census', look: ({ generated }) => checkCensus(generated()) },
  { name: 'openapi', look: ({ service, generated }) => checkOpenApi(service, generated()) },
  { name: 'migrations', look: ({ service }) => checkMigrations(service) },
  { name: 'attack', look: ({ service }) => checkAttack(service) },
]

/** What is shared is asked once. */
export function checkingOf(service: string): Checking {
  let asked: Generated | undefined
  return {
    service,
    generated() {
      asked ??= askGenerated(service)
      return asked
    },
  }
}
