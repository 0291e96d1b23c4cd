import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import { passkeyEvents } from './passkeys.events.ts'
import type { OwnPasskey, ShownPasskey } from './passkeys.repository.ts'
import { renameOwn } from './passkeys.repository.ts'

/** Gives a passkey of a person another name, with the audit row; undefined when it is not theirs. */
export async function renamePasskey(
  platform: PlatformDb,
  own: OwnPasskey,
  { name, actor }: { readonly name: string; readonly actor: Actor },
): Promise<ShownPasskey | undefined> {
  return platform.transaction(async (tx) => {
    const passkey = await renameOwn(tx, own, name)
    if (passkey === undefined) return undefined
    const target = { type: 'passkey', id: own.id }
    const event = passkeyEvents.renamed({ outcome: 'success', target, data: { name } })
    await record(tx, actor, event)
    return passkey
  })
}
