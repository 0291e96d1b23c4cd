import type { Queryable } from '../../data/index.ts'
import { isId } from '../../kernel/index.ts'

/** A person as the command line names them. */
export interface NamedPerson {
  readonly id: string
  readonly name: string
  readonly email: string | null
  readonly status: string
}

/** The people of an id or an e-mail address, verified or not, held until the transaction ends. */
export async function namedPeople(tx: Queryable, who: string): Promise<readonly NamedPerson[]> {
  const condition = isId(who) ? 'id = $1' : 'lower(email) = lower($1)'
  const { rows } = await tx.query<NamedPerson>(
    `select id, name, email, status from plinth.people
      where kind = 'human' and status <> 'erased' and ${condition} order by id for update`,
    [who],
  )
  return rows
}
