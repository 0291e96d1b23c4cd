import type { InPersonAccess } from '../../access/index.ts'
import type { ContextFor } from '../../feature/index.ts'
import { browserKind } from '../sessions/fingerprint.ts'
import type { AddedPasskey } from './add-passkey.ts'
import { holders } from './challenge.ts'
import type { RegistrationAnswer } from './passkey-answers.ts'
import type { CreationOptions } from './passkey-options.ts'
import type { PasskeyRouteDeps } from './passkey-route-deps.ts'
import { passkeyProblems } from './passkeys.errors.ts'
import { passkeysOf } from './passkeys.repository.ts'
import { removePasskey } from './remove-passkey.ts'
import { renamePasskey } from './rename-passkey.ts'

type Own = ContextFor<InPersonAccess>

/** Lists the passkeys of the caller. */
export async function handleList({ identity }: PasskeyRouteDeps, { principal }: Own) {
  const passkeys = [...(await passkeysOf(identity.platform, principal.person))]
  return { passkeys, total: passkeys.length }
}

/** Asks the caller's browser for a new passkey. */
export function handleAskForNew(
  { identity, passkeys }: PasskeyRouteDeps,
  { principal }: Own,
): Promise<CreationOptions> {
  const { person, name, email = null } = principal
  const holder = holders.session(sessionOf(principal))
  return identity.platform.transaction(async (tx) => {
    if ((await passkeys.count(tx, person)) >= passkeys.settings.max_per_person) {
      throw passkeyProblems.tooMany()
    }
    return passkeys.askForNew(tx, { person, name, email }, holder)
  })
}

type AddContext = Own & {
  readonly body: { readonly response: RegistrationAnswer; readonly name?: string | undefined }
}

/** Adds the passkey that the caller's device made. */
export async function handleAdd({ passkeys }: PasskeyRouteDeps, context: AddContext) {
  const { principal, body, actor, request } = context
  const { family, system } = browserKind(request.headers['user-agent'])
  const added = await passkeys.add({
    person: principal.person,
    holder: holders.session(sessionOf(principal)),
    answer: body.response,
    name: body.name ?? `${family} on ${system}`,
    actor,
  })
  if (added.code === 'refused') throw problemFor(added)
  return added.passkey
}

function problemFor({ reason, fault }: Extract<AddedPasskey, { code: 'refused' }>) {
  const why = { reason: fault === undefined ? reason : `${reason}: ${fault}` }
  if (reason === 'passkey_taken') return passkeyProblems.taken(why)
  if (reason === 'too_many') return passkeyProblems.tooMany(why)
  if (reason === 'user_not_verified') return passkeyProblems.notVerified(why)
  return passkeyProblems.notAdded(why)
}

type OneContext = Own & { readonly params: { readonly id: string } }

/** Renames a passkey of the caller. */
export async function handleRename(
  { identity }: PasskeyRouteDeps,
  context: OneContext & { readonly body: { readonly name: string } },
) {
  const { principal, params, body, actor } = context
  const own = { id: params.id, person: principal.person }
  const passkey = await renamePasskey(identity.platform, own, { name: body.name, actor })
  if (passkey === undefined) throw passkeyProblems.unknown()
  return passkey
}

/** Removes a passkey of the caller. */
export async function handleRemove(
  { identity, providers }: PasskeyRouteDeps,
  { principal, params, actor }: OneContext,
): Promise<void> {
  const { person, tenant } = principal
  const { secondFactors } = identity.mint
  const deps = { ...identity, secondFactors, providers }
  const removed = await removePasskey(deps, { id: params.id, person, tenant, actor })
  if (removed.code === 'unknown') throw passkeyProblems.unknown()
  if (removed.code === 'last_way_in') throw passkeyProblems.lastWayIn()
  if (removed.code === 'last_factor') throw passkeyProblems.lastFactor()
}

/** The session of the caller: somebody who is here in person has one. */
function sessionOf({ credential }: Own['principal']): string {
  return credential.session ?? credential.id
}
