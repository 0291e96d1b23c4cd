import { errorsDocument } from './errors.ts'

/** A committed file whose text follows from the code. */
export interface GeneratedDocument {
  /** Path from the repository's root. */
  readonly file: string
  text(): Promise<string>
}

/** All that `npm run gen` writes and `npm run gen:check` compares. */
export const documents: readonly GeneratedDocument[] = [
  { file: 'docs/errors.md', text: errorsDocument },
]
