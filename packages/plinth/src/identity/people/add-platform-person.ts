import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { ownerOfAddress } from '../account/account-mail.repository.ts'
import type { SignInName } from '../password/sign-in-name.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { makePerson } from './make-person.ts'
import { personEvents } from './people.events.ts'
import type { ProfileChange } from './person-fields.ts'
import type { PlatformNotes, PlatformPersonRow } from './platform-people.repository.ts'
import { readPlatformPerson, writePlatformNotes } from './platform-people.repository.ts'
import { changeProfile, fullName } from './profile.repository.ts'

/** Whom an administrator of the platform adds. */
export interface PlatformAddition extends PlatformNotes {
  readonly address: SignInName
  readonly profile: ProfileChange
  readonly actor: Actor
}

/** What became of it. */
export type PlatformAdded =
  | { readonly code: 'added'; readonly row: PlatformPersonRow }
  | { readonly code: 'taken' }

/**
 * Adds a person who belongs to no tenant yet, with an address that whoever adds them vouches for. They
 * set a password by a link that is sent there when they ask for one.
 */
export async function addPlatformPerson(
  { platform, clock }: { readonly platform: PlatformDb; readonly clock: Clock },
  { address, profile, actor, ...notes }: PlatformAddition,
): Promise<PlatformAdded> {
  return platform.transaction(async (tx) => {
    if ((await ownerOfAddress(tx, address.key)) !== undefined) return { code: 'taken' }
    const name = profile.display_name ?? nameOf(profile)
    const person = await makePerson(tx, clock, { address, name })
    if (person === undefined) return { code: 'taken' }
    await changeProfile(tx, person, { change: profile, now: isoTime(clock.now()) })
    await writePlatformNotes(tx, person, notes)
    const target = { type: 'person', id: person }
    await record(tx, actor, personEvents.created({ outcome: 'success', target }))
    const row = await readPlatformPerson(tx, person)
    if (row === undefined) throw new TypeError('a person who was just written is not there')
    return { code: 'added', row }
  })
}

function nameOf({ first_name = '', last_name = '' }: ProfileChange): string {
  return fullName({ first_name, last_name })
}
