import type { Principal } from '../../../access/index.ts'
import { narrow } from '../../../access/index.ts'
import type { PlatformDb } from '../../../data/index.ts'
import type { Id } from '../../../kernel/index.ts'
import type { OwnToken } from './own-token-claims.ts'
import type { TokenStanding } from './token-standing.ts'

interface Row {
  readonly person_id: Id<'person'>
  readonly name: string
  readonly person_status: string
  readonly client_tenant: Id<'tenant'>
  readonly tenant_id: Id<'tenant'> | null
  readonly grants: readonly string[] | null
  readonly client_scopes: readonly string[]
  readonly token_scopes: readonly string[]
  readonly expires_at: string
}

// Row-level security shows a membership to its own person only, as in the query of a session.
const ENTER = `
  select set_config('plinth.person_id', person_id::text, true) from plinth.oauth_tokens where id = $1`
const READ = `
  select p.id as person_id, p.name, p.status as person_status, c.tenant_id as client_tenant,
         t.id as tenant_id, m.grants, c.scopes as client_scopes, o.scopes as token_scopes,
         o.expires_at
    from plinth.oauth_tokens o
    join plinth.oauth_clients c on c.id = o.client_id and c.revoked_at is null
    join plinth.people p on p.id = c.person_id and p.id = o.person_id and p.kind = 'service'
    left join plinth.memberships m on m.tenant_id = c.tenant_id and m.person_id = c.person_id
                                  and m.status = 'active'
    left join plinth.tenants t on t.id = m.tenant_id and t.status = 'active'
   where o.id = $1 and o.client_id = $2 and o.person_id = $3 and o.revoked_at is null
     and exists (select from plinth.signing_keys k where k.id = $4)`

/**
 * The service account behind the token of a machine, as it stands now; undefined when the token, the
 * client or the account is over. It may do what the token was given, within what the client may still
 * ask for, within what the account may do.
 */
export async function clientPrincipal(
  db: PlatformDb,
  token: OwnToken & { readonly of: 'client' },
  nowMs: number,
): Promise<TokenStanding | undefined> {
  const { jti, client, person, key } = token
  const [, found] = await db.batch([
    { text: ENTER, values: [jti] },
    { text: READ, values: [jti, client, person, key] },
  ])
  const row = found?.rows[0] as Row | undefined
  if (row === undefined || row.person_status !== 'active') return undefined
  const untilMs = Date.parse(row.expires_at)
  if (nowMs >= untilMs) return undefined
  const subjects = [`person ${row.person_id}`, `tenant ${row.client_tenant}`]
  return { principal: principalOf(row, { jti, client }), untilMs, subjects }
}

function principalOf(
  row: Row,
  { jti, client }: { readonly jti: string; readonly client: string },
): Principal {
  const held = row.tenant_id === null ? [] : (row.grants ?? [])
  const permissions = narrow(narrow(held, row.client_scopes), row.token_scopes)
  return Object.freeze({
    person: row.person_id,
    name: row.name,
    email: null,
    tenant: row.tenant_id,
    tenantLost: row.tenant_id === null,
    permissions: Object.freeze([...permissions]),
    platform: Object.freeze([]),
    credential: Object.freeze({
      kind: 'bearer',
      id: jti,
      family: client,
      // Nobody proved anything, however fresh the token is: no step-up is ever met.
      authenticatedAt: 0,
      acr: null,
    }),
  })
}
