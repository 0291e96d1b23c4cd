import { createReadCache } from '../../cache/index.ts'
import type { Database } from '../../data/index.ts'
import type { TenantName } from '../tenant-name.ts'
import { findStanding } from './find-standing.ts'
import type { Standing } from './membership.ts'

/** What people are in tenants, from memory where that is current. */
export interface Standings {
  /** Undefined for what is not there, what is shut, and where the person does not belong. */
  find(person: string, name: TenantName): Promise<Standing | undefined>
  /** Drops what is known of a person or a tenant, without waiting for the news of what this process did. */
  forget(subject: 'person' | 'tenant', id: string): void
}

/** The channel on which the database's own triggers tell which memberships and tenants changed. */
const CHANNEL = 'plinth_sessions'

/**
 * Finds standings, and keeps them until the database tells of a change: in every process within a
 * second. It never remembers that somebody does not belong.
 * @param most standings at most; with 0 each is read anew
 */
export function createStandings(
  { platform, listen }: Pick<Database, 'platform' | 'listen'>,
  most: number,
): Standings {
  const cache = createReadCache<Standing>(most)
  const listener =
    most > 0 ? listen(CHANNEL, { hear: cache.changed, missed: cache.clear }) : undefined
  return {
    forget: (subject, id) => cache.changed(`${subject} ${id}`),
    async find(person, name) {
      const key = `${person} ${name.text}`
      if (listener?.isCurrent() !== true) cache.drop(key)
      const known = cache.get(key)
      if (known !== undefined) return known
      using read = cache.beginRead()
      const standing = await findStanding(platform, person, name)
      if (standing !== undefined) {
        read.keep(key, standing, [`person ${person}`, `tenant ${standing.tenant}`])
      }
      return standing
    },
  }
}
