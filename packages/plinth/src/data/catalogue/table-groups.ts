/** What a table of the platform is to tenants, and what the app role may do with it. */
export interface TableRule {
  /**
   * `global`: no row-level security; addressed by id or hash. `tenant`: every command is bound to
   * the tenant. A table of the service needs no line: with `tenant_id` it is a tenant table, and
   * without it is a fault.
   */
  readonly group: 'global' | 'tenant'
  readonly app: readonly Privilege[]
}

/** What can be granted on a table and is ever needed. */
export type Privilege = 'select' | 'insert' | 'update' | 'delete'

const ALL: readonly Privilege[] = ['select', 'insert', 'update', 'delete']

/** Every table of the platform. One that is in no group is a fault of the migration that made it. */
export const tableRules: { readonly [table: string]: TableRule } = {
  // A tombstone keeps the id of a tenant that is gone.
  'plinth.tenants': { group: 'global', app: ['select', 'insert', 'update'] },
  // Written by the owner only: `plinth platform grant`.
  'plinth.platform_roles': { group: 'global', app: ['select'] },
  'plinth.people': { group: 'global', app: ALL },
  'plinth.imported_people': { group: 'global', app: ALL },
  'plinth.identities': { group: 'global', app: ALL },
  'plinth.known_devices': { group: 'global', app: ALL },
  'plinth.sessions': { group: 'global', app: ALL },
  'plinth.one_time_tokens': { group: 'global', app: ALL },
  'plinth.passkeys': { group: 'global', app: ALL },
  'plinth.pending_logins': { group: 'global', app: ALL },
  'plinth.link_offers': { group: 'global', app: ALL },
  'plinth.logout_tokens': { group: 'global', app: ALL },
  'plinth.provider_sign_outs': { group: 'global', app: ALL },
  'plinth.signing_keys': { group: 'global', app: ALL },
  'plinth.refresh_tokens': { group: 'global', app: ALL },
  'plinth.oauth_clients': { group: 'global', app: ALL },
  'plinth.oauth_client_secrets': { group: 'global', app: ALL },
  'plinth.oauth_tokens': { group: 'global', app: ALL },
  'plinth.client_assertions': { group: 'global', app: ALL },
  'plinth.credentials': { group: 'global', app: ALL },
  'plinth.sign_in_names': { group: 'global', app: ALL },
  'plinth.attempts': { group: 'global', app: ALL },
  'plinth.mfa_methods': { group: 'global', app: ALL },
  'plinth.mfa_codes': { group: 'global', app: ALL },
  'plinth.mfa_sends': { group: 'global', app: ALL },
  'plinth.recovery_codes': { group: 'global', app: ALL },
  'plinth.mfa_challenges': { group: 'global', app: ALL },
  'plinth.remembered_devices': { group: 'global', app: ALL },
  // Read before a tenant is entered: whether one may be.
  'plinth.mfa_rules': { group: 'global', app: ALL },
  'plinth.api_keys': { group: 'global', app: ALL },
  'plinth.memberships': { group: 'tenant', app: ALL },
  'plinth.invitations': { group: 'tenant', app: ALL },
  'plinth.tenant_settings': { group: 'tenant', app: ALL },
  'plinth.permissions': { group: 'tenant', app: ALL },
  'plinth.roles': { group: 'tenant', app: ALL },
  // Given and taken, never changed.
  'plinth.role_permissions': { group: 'tenant', app: ['select', 'insert', 'delete'] },
  'plinth.member_roles': { group: 'tenant', app: ['select', 'insert', 'delete'] },
  'plinth.idempotency_keys': { group: 'tenant', app: ALL },
  // Append-only: what happened stays written.
  'plinth.audit_events': { group: 'tenant', app: ['select', 'insert'] },
  // The owner's alone.
  'plinth.migrations': { group: 'global', app: [] },
}

/** Schemas of a library that keeps tables of its own here; they hold no tenant's rows by column. */
export const librarySchemas: readonly string[] = ['plinth_jobs']
