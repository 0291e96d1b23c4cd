import type { Actor, CanAccess } from '../access/index.ts'
import { holds } from '../access/index.ts'
import type { Tx } from '../data/index.ts'
import { PermanentFailure } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'

/** A job that was refused, for the audit log. */
export interface JobRefusal {
  readonly actor: Actor
  readonly tenant: Id<'tenant'>
  /** Name of the job. */
  readonly action: string
  readonly outcome: 'denied'
  readonly reason: string
}

/** How the `access` of jobs is judged. */
export interface JobRights {
  /** What every member of a tenant may do. */
  readonly everybodys: readonly string[]
  /** Writes a refusal, outside the transaction that ends with it. */
  refused(refusal: JobRefusal): Promise<void>
}

/** A job, and who asked for it. */
export interface AskedJob {
  readonly name: string
  readonly access: CanAccess | undefined
  readonly actor: Actor
}

const NOT_PERMITTED = 'access.not_permitted'

/**
 * A job does nothing that whoever asked for it may not do any more (ASVS 8.3.3). What the system itself
 * asked for is nobody's to take back.
 * @throws PermanentFailure, with the refusal written
 */
export async function requireRights(
  tx: Tx,
  { everybodys, refused }: JobRights,
  { name, access, actor }: AskedJob,
): Promise<void> {
  if (access === undefined || actor.kind === 'system') return
  const { rows } = await tx.query<{ grants: readonly string[] }>(
    `select m.grants from plinth.memberships m
       join plinth.people p on p.id = m.person_id and p.status = 'active'
      where m.tenant_id = $1 and m.person_id = $2 and m.status = 'active'
        and m.invited_email is null`,
    [tx.tenant, actor.person],
  )
  const [member] = rows
  const held = member === undefined ? [] : [...member.grants, ...everybodys]
  if (holds(held, access.permission)) return
  const { tenant } = tx
  await refused({ actor, tenant, action: name, outcome: 'denied', reason: NOT_PERMITTED })
  throw new PermanentFailure(`Whoever asked for this job may not ${access.permission} any more.`)
}
