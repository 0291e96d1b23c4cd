import type { z } from 'zod'
import { record } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import { personEvents } from '../people/people.events.ts'
import type { exportedLine } from './read-plinth.ts'

const PAGE = 500
const LINES = `
  select p.id, p.email, p.email_verified, coalesce(p.given_name, '') as first_name,
         coalesce(p.family_name, '') as last_name, p.name as display_name,
         case p.status when 'disabled' then 'inactive' else p.status end as status, p.created_at,
         (select n.name from plinth.sign_in_names n
           where n.person_id = p.id and n.kind = 'username') as username,
         coalesce((select jsonb_agg(jsonb_build_object('provider', i.provider, 'issuer', i.issuer,
                                                       'subject', i.subject) order by i.created_at, i.id)
                     from plinth.identities i where i.person_id = p.id), '[]') as accounts,
         case when $3 then (select c.hash from plinth.credentials c where c.person_id = p.id)
         end as password_hash
    from plinth.people p
   where p.kind = 'human' and p.status <> 'erased' and ($1::uuid is null or p.id > $1)
     -- Somebody whom nobody is yet was only asked.
     and (p.email is not null or exists (select from plinth.identities i where i.person_id = p.id)
          or exists (select from plinth.credentials c where c.person_id = p.id))
   order by p.id limit $2`

const SYSTEM = { kind: 'system', person: null, clientAddress: null, requestId: null } as const

/** A person as `plinth people export` writes them. */
export type ExportedPerson = z.output<typeof exportedLine>

/**
 * All people of a service, in the order in which they came. That hashes leave is noted before the first.
 * @param owner the door of a database that was opened as its owner
 * @param hashes whether the hashes of their passwords leave too
 */
export async function* exportPeople(
  owner: PlatformDb,
  { hashes }: { readonly hashes: boolean },
): AsyncGenerator<ExportedPerson> {
  if (hashes) await noteHashes(owner)
  let after: string | undefined
  do {
    const { rows } = await owner.query<ExportedPerson>(LINES, [after ?? null, PAGE, hashes])
    yield* rows
    after = rows.length < PAGE ? undefined : rows.at(-1)?.id
  } while (after !== undefined)
}

async function noteHashes(owner: PlatformDb): Promise<void> {
  const event = personEvents.hashes_exported({ outcome: 'success' })
  await owner.transaction((tx) => record(tx, SYSTEM, event))
}
