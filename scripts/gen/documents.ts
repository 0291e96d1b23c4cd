import { authorizationDocument } from './authorization.ts'
import { configurationDocument } from './configuration.ts'
import { errorsDocument } from './errors.ts'
import { censusDocument, openApiDocument, registryDocument } from './routes.ts'

/** A committed file whose text follows from the code. */
export interface GeneratedDocument {
  /** Path from the repository's root. */
  readonly file: string
  text(): Promise<string>
}

/** All that `npm run gen` writes and `npm run gen:check` compares. */
export const documents: readonly GeneratedDocument[] = [
  { file: 'docs/errors.md', text: errorsDocument },
  { file: 'docs/configuration.md', text: configurationDocument },
  { file: 'docs/authorization.csv', text: authorizationDocument },
  // Before the two that are read through it.
  { file: 'template/src/generated/registry.ts', text: registryDocument },
  { file: 'template/src/generated/routes.txt', text: censusDocument },
  { file: 'template/src/generated/openapi.json', text: openApiDocument },
]
