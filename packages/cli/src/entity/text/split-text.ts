import type { NewFile } from '../safe-place.ts'
import { entityAloneText, featureText } from './entity-text.ts'
import { type EntityPlan, pathOf } from './plan.ts'

/** An entity in three modules: the entity, the repository for queries of its own, and the routes. */
export function splitFiles(plan: EntityPlan): readonly NewFile[] {
  const { kebab } = plan.name
  const folder = `src/entities/${kebab}`
  return [
    { file: `${folder}/${kebab}.ts`, text: entityAloneText(plan) },
    { file: `${folder}/${kebab}.repository.ts`, text: repositoryText(plan) },
    { file: `${folder}/${kebab}.routes.ts`, text: routesText(plan) },
  ]
}

function repositoryText({ name, plural }: EntityPlan): string {
  const { camel, pascal, kebab, snake } = name
  const many = name.words === plural.replaceAll('_', ' ') ? name.words : plural.replaceAll('_', ' ')
  return `import type { Db, Row } from 'plinth'
import { query } from 'plinth'
import { ${camel} } from './${kebab}.ts'

/** A row of \`app.${plural}\`. */
export type ${pascal} = Row<typeof ${camel}>

/** The ${many} that changed since a moment (ISO 8601), the latest first, at most a hundred. */
export function findChangedSince(db: Db, moment: string) {
  return query(db, ${camel})
    .selectFrom('${snake}')
    .selectAll()
    .where('updated_at', '>=', moment)
    .orderBy('updated_at', 'desc')
    .limit(100)
    .execute()
}
`
}

function routesText(plan: EntityPlan): string {
  const { camel, kebab } = plan.name
  return `import { crud, feature } from 'plinth'
import { ${camel} } from './${kebab}.ts'

/** List, read, create, replace, change and delete at \`${pathOf(plan)}\`. */
${featureText(plan, 'crud')}`
}
