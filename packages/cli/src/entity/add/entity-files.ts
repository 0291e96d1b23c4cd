import type { AnyEntity } from 'plinth/data'
import type { FoundEntity } from '../find-entities.ts'
import type { NewFile } from '../safe-place.ts'
import { entityText } from '../text/entity-text.ts'
import { type EntityPlan, pathOf } from '../text/plan.ts'
import { sampleRows } from '../text/sample-rows.ts'
import { sharedTestText } from '../text/shared-test-text.ts'
import { splitFiles } from '../text/split-text.ts'
import { testText } from '../text/test-text.ts'

/** The modules of a new entity, and what is left for a person to write into its test. */
export interface EntityFiles {
  readonly files: readonly NewFile[]
  readonly open: readonly string[]
}

/** The folder of an entity, relative to the service. */
export function folderOf({ name }: Pick<EntityPlan, 'name'>): string {
  return `src/entities/${name.kebab}`
}

/** Writes the texts of an entity's modules. */
export function entityFiles(
  plan: EntityPlan,
  { declaration }: Pick<AnyEntity, 'declaration'>,
  known: readonly FoundEntity[],
): EntityFiles {
  const { kebab, camel } = plan.name
  const folder = folderOf(plan)
  const modules = plan.split
    ? splitFiles(plan)
    : [{ file: `${folder}/${kebab}.ts`, text: entityText(plan) }]
  const test = `${folder}/${kebab}.test.ts`
  const rows = sampleRows({ declaration, file: test, known })
  const request = {
    declaration,
    feature: { name: `${camel}Feature`, from: `./${kebab}${plan.split ? '.routes' : ''}.ts` },
    entity: { name: camel, from: `./${kebab}.ts` },
    path: pathOf(plan),
    rows,
  }
  const text = plan.owned === 'nobody' ? sharedTestText(request) : testText(request)
  return { files: [...modules, { file: test, text }], open: rows.open }
}
