import { createReadCache } from '../../cache/index.ts'
import type { Database } from '../../data/index.ts'
import type { TenantName } from '../tenant-name.ts'
import { findStanding } from './find-standing.ts'
import type { Standing } from './membership.ts'

/** What a person is in a tenant, from memory where that is current. */
export type FindStanding = (person: string, name: TenantName) => Promise<Standing | undefined>

/** The channel on which the database's own triggers tell which memberships and tenants changed. */
const CHANNEL = 'plinth_sessions'

/**
 * Finds standings, and keeps them until the database tells of a change: in every process within a
 * second. It never remembers that somebody does not belong.
 * @param most standings at most; with 0 each is read anew
 */
export function createFindStanding(
  { platform, listen }: Pick<Database, 'platform' | 'listen'>,
  most: number,
): FindStanding {
  if (most === 0) return (person, name) => findStanding(platform, person, name)
  const cache = createReadCache<Standing>(most)
  const listener = listen(CHANNEL, { hear: cache.changed, missed: cache.clear })
  return async (person, name) => {
    const key = `${person} ${name.text}`
    const known = listener.isCurrent() ? cache.get(key) : undefined
    if (known !== undefined) return known
    using read = cache.beginRead()
    const standing = await findStanding(platform, person, name)
    if (standing !== undefined) {
      read.keep(key, standing, [`person ${person}`, `tenant ${standing.tenant}`])
    }
    return standing
  }
}
