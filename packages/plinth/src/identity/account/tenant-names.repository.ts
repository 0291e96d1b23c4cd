import type { PlatformDb } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

const MOST = 50

/** Names of the tenants that a person is in: what everybody there knows is no secret word. */
export async function tenantNames(
  platform: PlatformDb,
  person: Id<'person'>,
): Promise<readonly string[]> {
  // Row-level security shows a person their own memberships.
  const [, found] = await platform.batch([
    { text: "select set_config('plinth.person_id', $1, true)", values: [person] },
    {
      text: `select t.slug, t.name from plinth.memberships m
               join plinth.tenants t on t.id = m.tenant_id
              where m.person_id = $1 and t.kind = 'organisation' limit $2`,
      values: [person, MOST],
    },
  ])
  const rows = (found?.rows ?? []) as readonly { slug?: string; name?: string }[]
  return rows.flatMap(({ slug, name }) => [slug ?? '', name ?? ''])
}
