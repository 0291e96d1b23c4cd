/**
 * The roles that grants name. They log in nowhere: each service has its own login roles, which are
 * members, so that two services on one server share no password and migrations name no service.
 */
export const roles = {
  /** Reads and writes rows; owns nothing; row-level security binds it. */
  app: 'plinth_app',
  /** Reads rows of the tenant it sets. */
  readonly: 'plinth_readonly',
  /** Owns the search functions and nothing else (no login). */
  search: 'plinth_search',
} as const

/** Schemas: the platform's own tables, and the service's. */
export const schemas = { platform: 'plinth', service: 'app' } as const

/** The login roles of one database. */
export interface LoginRoles {
  /** Owns the schemas and migrates. */
  readonly owner: string
  /** What the running service signs in as. */
  readonly app: string
  readonly readonly: string
}

/** The login roles of a database, named after it. */
export function loginRolesOf(database: string): LoginRoles {
  return { owner: `${database}_owner`, app: `${database}_user`, readonly: `${database}_reader` }
}
