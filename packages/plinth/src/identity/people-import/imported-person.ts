/** A person as another system exported them. */
export interface ImportedPerson {
  /** Where they stand in the file, from 1: for the report. */
  readonly row: number
  /** Their id there: by it a second import finds them. */
  readonly externalId: string
  readonly email: string | null
  readonly emailVerified: boolean
  readonly username: string | null
  readonly firstName: string
  readonly lastName: string
  /** How they are shown; made of the names when it is empty. */
  readonly name: string
  readonly active: boolean
  /** The hash of their password as the other system wrote it; undefined for none. */
  readonly hash: string | undefined
  /** Whether they must set a new password before they are let in. */
  readonly mustChange: boolean
  readonly accounts: readonly ImportedAccount[]
  /** Why nothing can be made of the row, where its reader found that. */
  readonly fault?: RowFault | undefined
}

/**
 * What is wrong with a row by itself: it has more or fewer fields than the first line names, or a status
 * that is none here. Whoever was shut out there must not come in here by a word that nobody knows.
 */
export type RowFault = 'fields_differ' | 'status_unknown'

/** An account at an identity provider. */
export interface ImportedAccount {
  /** What the other system calls the provider. */
  readonly provider: string
  readonly subject: string
  /** Where the export itself says it; else it must be said at the import. */
  readonly issuer?: string | undefined
}

/** Systems whose exports are understood. */
export const IMPORT_SOURCES = ['better-auth', 'keycloak', 'csv', 'plinth'] as const

/** One of them. */
export type ImportSource = (typeof IMPORT_SOURCES)[number]

/** A file that is no export of the kind it was said to be. Its sentence says what to do. */
export class ImportFileFault extends Error {
  override readonly name = 'ImportFileFault'
}
