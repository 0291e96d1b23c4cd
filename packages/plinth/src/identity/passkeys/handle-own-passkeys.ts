import type { InPersonAccess } from '../../access/index.ts'
import type { ContextFor } from '../../feature/index.ts'
import { familyOf, giveRaised, sessionOf } from '../mfa/handle-own-factors.ts'
import { raiseSession } from '../mfa/raise-session.ts'
import { requireFactor } from '../mfa/require-factor.ts'
import { deviceName } from '../sessions/fingerprint.ts'
import { forgetPerson } from '../sessions/forget-person.ts'
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
export async function handleAskForNew(
  { identity, passkeys }: PasskeyRouteDeps,
  context: Own,
): Promise<CreationOptions> {
  const { principal } = context
  const { person, name, email = null } = principal
  await requireFactor(identity.platform, principal)
  const holder = holders.session(sessionOf(identity, context).session)
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

/**
 * Adds the passkey that the caller's device made. The session that did it has shown the passkey from
 * now on, and gets a new id (ASVS 7.2.4).
 */
export async function handleAdd({ identity, passkeys }: PasskeyRouteDeps, context: AddContext) {
  const { principal, body, actor, request } = context
  await requireFactor(identity.platform, principal)
  const holder = sessionOf(identity, context)
  const added = await passkeys.add({
    person: principal.person,
    holder: holders.session(holder.session),
    answer: body.response,
    name: body.name ?? deviceName(request.headers['user-agent']),
    actor,
  })
  if (added.code === 'refused') throw problemFor(added)
  const raised = added.userVerified
    ? await identity.platform.transaction((tx) =>
        raiseSession(identity, tx, { ...holder, amr: ['hwk'], actor }),
      )
    : undefined
  return {
    ...added.passkey,
    ...(added.recoveryCodes && { recovery_codes: [...added.recoveryCodes] }),
    csrf_token: giveRaised(identity, context, raised),
  }
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
  context: OneContext,
): Promise<void> {
  const { principal, params, actor } = context
  const { person } = principal
  await requireFactor(identity.platform, principal)
  const family = await familyOf(identity, context)
  const removal = { id: params.id, person, family, actor }
  const removed = await removePasskey({ ...identity, providers }, removal)
  if (removed.code === 'unknown') throw passkeyProblems.unknown()
  if (removed.code === 'last_way_in') throw passkeyProblems.lastWayIn()
  if (removed.code === 'last_factor') throw passkeyProblems.lastFactor()
  forgetPerson(identity, person)
}
