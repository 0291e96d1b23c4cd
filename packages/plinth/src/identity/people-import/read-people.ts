import type { ImportedPerson, ImportSource } from './imported-person.ts'
import { ImportFileFault } from './imported-person.ts'
import { readBetterAuth } from './read-better-auth.ts'
import { readCsv } from './read-csv.ts'
import { readKeycloak } from './read-keycloak.ts'
import { readPlinth } from './read-plinth.ts'

const READERS: { readonly [S in ImportSource]: (text: string) => readonly ImportedPerson[] } = {
  'better-auth': readBetterAuth,
  keycloak: readKeycloak,
  csv: readCsv,
  plinth: readPlinth,
}

/**
 * Reads an export of another system.
 * @throws ImportFileFault when it is none, with a sentence that says what it should be
 */
export function readPeople(source: ImportSource, text: string): readonly ImportedPerson[] {
  try {
    return READERS[source](text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new ImportFileFault(`The file is no JSON: ${error.message}.`, { cause: error })
  }
}
