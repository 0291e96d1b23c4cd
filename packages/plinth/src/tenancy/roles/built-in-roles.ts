/** A role that every tenant has; `plinth.seed_roles` makes it (migration 0046), and a test compares. */
export interface BuiltInRole {
  readonly name: string
  readonly grants: readonly string[]
}

/** All of them, in the order of their names. */
export const builtInRoles: readonly BuiltInRole[] = [
  { name: 'admin', grants: ['*'] },
  { name: 'auditor', grants: ['audit:read'] },
  { name: 'operator', grants: ['scheduler:manage', 'settings:manage'] },
  { name: 'support', grants: ['people:read'] },
]
