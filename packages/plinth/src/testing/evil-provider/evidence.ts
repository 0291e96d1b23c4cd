import { Client } from 'pg'

/** What a refusal may not change, and what it must leave behind. */
export interface Evidence {
  /** Fingerprint of everything that says who somebody is and where they belong. */
  readonly people: string
  /** Fingerprint of everything that says that somebody is signed in. */
  readonly signedIn: string
  /** Ids of the sessions that have not ended. */
  readonly sessions: readonly string[]
  /** Ids of the sign-ins that wait for their callback. */
  readonly pending: readonly string[]
  /** Ids of the audit rows. */
  readonly audits: readonly string[]
}

/** An audit row as far as a refusal is concerned. */
export interface AuditRow {
  readonly action: string
  readonly outcome: string
  readonly reason: string | null
  readonly data: string
}

/** Looks into a database past row-level security. */
export interface Witness extends AsyncDisposable {
  look(): Promise<Evidence>
  /** The audit rows that were not there before. */
  auditsSince(before: Evidence): Promise<readonly AuditRow[]>
  /** Names of the tables in which one of these texts stands, plain or as bytes. */
  tablesWith(texts: readonly string[]): Promise<readonly string[]>
}

// What a mere visit moves: it says nothing about who is signed in.
const LOOK = `
  select (select md5(string_agg(line, '|' order by line)) from (
            select 'people' || t::text from plinth.people t
            union all select 'identities' || t::text from plinth.identities t
            union all select 'tenants' || t::text from plinth.tenants t
            union all select 'memberships' || t::text from plinth.memberships t
            union all select 'devices' || t::text from plinth.known_devices t
          ) as known (line)) as people,
         (select md5(string_agg((to_jsonb(t) - 'last_seen_at' - 'expires_at'
                                 - 'mismatch_reported_at')::text, '|' order by id))
            from plinth.sessions t) as "signedIn",
         array(select id::text from plinth.sessions where revoked_at is null) as sessions,
         array(select id::text from plinth.pending_logins
                where consumed_at is null order by id) as pending,
         array(select id::text from plinth.audit_events) as audits`

const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`

/** Opens a witness with the superuser's URL of a test database. */
export async function openWitness(adminUrl: string): Promise<Witness> {
  const admin = new Client(adminUrl)
  await admin.connect()
  const { rows: tables } = await admin.query<{ name: string }>(TABLES)
  const search = tables
    .map(({ name }) => `select '${name}' as name from ${name} t where t::text like any($1)`)
    .join(' union ')
  return {
    async look() {
      const { rows } = await admin.query<Evidence>(LOOK)
      if (rows[0] === undefined) throw new Error('a select without tables answers one row')
      return rows[0]
    },
    async auditsSince({ audits }) {
      const { rows } = await admin.query<AuditRow>(
        `select action, outcome, reason, data::text from plinth.audit_events
          where not (id::text = any($1)) order by occurred_at, id`,
        [audits],
      )
      return rows
    },
    async tablesWith(texts) {
      const { rows } = await admin.query<{ name: string }>(search, [texts.flatMap(patternsOf)])
      return rows.map(({ name }) => name)
    },
    [Symbol.asyncDispose]: () => admin.end(),
  }
}

/** A text as it stands in a text column, and as it stands in a bytea column. */
function patternsOf(text: string): readonly string[] {
  return [`%${text.replaceAll(/[\\%_]/g, '\\$&')}%`, `%${Buffer.from(text).toString('hex')}%`]
}
