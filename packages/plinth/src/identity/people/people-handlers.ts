import type { CanAccess } from '../../access/index.ts'
import type { Db } from '../../data/index.ts'
import type { ContextFor } from '../../feature/index.ts'
import { managerOf } from '../../tenancy/index.ts'
import { invite, invitedOrRefused } from '../invitations/invite.ts'
import { limitMails } from '../invitations/limit-mails.ts'
import type { Precondition } from './change-person.ts'
import { changePerson } from './change-person.ts'
import type { DirectoryRow } from './directory.repository.ts'
import { readDirectory } from './directory.repository.ts'
import { requireTag, tagOf } from './entity-tag.ts'
import { refusingLast } from './last-administrator.ts'
import { peopleProblems } from './people.errors.ts'
import type { PeopleDeps } from './people-deps.ts'
import type { ProfileChange } from './person-fields.ts'
import type { ShownPerson } from './person-schema.ts'
import { profilePart, showPerson, statusOf } from './person-schema.ts'
import { removePerson } from './remove-person.ts'

type Context = ContextFor<CanAccess>

interface Body extends ProfileChange {
  readonly status?: 'active' | 'inactive' | 'archived' | undefined
  readonly is_active?: boolean | undefined
  readonly notes?: string | null | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
  readonly profile?: unknown
}

interface NewBody extends Body {
  readonly email: string
  readonly role: 'admin' | 'member' | 'custom'
  readonly permissions: readonly string[]
}

interface OfOne extends Context {
  readonly params: { readonly id: string }
}

interface Conditional extends OfOne {
  readonly headers: { readonly 'if-match'?: string | undefined }
}

/** `GET /api/v1/people/{id}`. */
export async function handleGet(deps: PeopleDeps, { db, params, reply }: OfOne) {
  const row = await readDirectory(db, params.id)
  if (row === undefined) throw peopleProblems.unknown()
  return tagged(reply, await shownOf(deps, db, row))
}

/** `POST /api/v1/people`. */
export async function handleAdd(deps: PeopleDeps, context: Context & { readonly body: NewBody }) {
  const { db, body, reply, request } = context
  await limitMails(request, db.tenant, body.email)
  const { email, role, permissions, profile, notes, metadata } = body
  const wanted = {
    email,
    role,
    permissions,
    notes,
    metadata,
    status: statusOf(body),
    profile: profilePart(body),
  }
  const shown = await refusingLast(() =>
    db.transaction(async (tx) => {
      const by = managerOf(context)
      const { person } = invitedOrRefused(await invite(deps, tx, { by, wanted }))
      if (isFields(profile)) await deps.personProfile?.write(tx, person, profile)
      const row = await readDirectory(tx, person)
      return shownOf(deps, tx, found(row))
    }),
  )
  reply.header('location', `/api/v1/people/${shown.id}`)
  return tagged(reply, shown)
}

/** `PUT` and `PATCH /api/v1/people/{id}`. */
export async function handleChange(
  deps: PeopleDeps,
  context: Conditional & { readonly body: Body },
) {
  const { db, body, params, reply } = context
  const { notes, metadata, profile } = body
  const change = {
    person: params.id,
    profile: profilePart(body),
    further: isFields(profile) ? profile : undefined,
    status: statusOf(body),
    notes,
    metadata,
    precondition: preconditionOf(deps, context),
  }
  const by = managerOf(context)
  const shown = await refusingLast(() =>
    db.transaction(async (tx) => {
      const changed = await changePerson(deps, tx, { by, change })
      if (changed.code !== 'changed') throw REFUSALS[changed.code]()
      return shownOf(deps, tx, changed.row)
    }),
  )
  deps.forget(params.id)
  return tagged(reply, shown)
}

/** `DELETE /api/v1/people/{id}`. */
export async function handleRemove(deps: PeopleDeps, context: Conditional) {
  const { db, params } = context
  const by = managerOf(context)
  const precondition = preconditionOf(deps, context)
  const removal = { by, person: params.id, precondition }
  const removed = await refusingLast(() => db.transaction((tx) => removePerson(deps, tx, removal)))
  if (removed.code !== 'removed') throw REFUSALS[removed.code]()
  deps.forget(params.id)
}

/** What the caller had read must be what there is, further fields included. */
function preconditionOf(deps: PeopleDeps, { headers }: Conditional): Precondition {
  return async (tx, row) => {
    const tag = headers['if-match']
    if (tag !== undefined) requireTag(tag, await shownOf(deps, tx, row))
  }
}

async function shownOf(deps: PeopleDeps, db: Db, row: DirectoryRow): Promise<ShownPerson> {
  const profiles = await deps.personProfile?.of(db, [row.id])
  return showPerson(row, profiles?.get(row.id))
}

function tagged(reply: Pick<Context['reply'], 'header'>, shown: ShownPerson): ShownPerson {
  reply.header('etag', tagOf(shown))
  return shown
}

function isFields(profile: unknown): profile is object {
  return typeof profile === 'object' && profile !== null
}

/** @throws AppError people.unknown for somebody who went away meanwhile */
function found(row: DirectoryRow | undefined): DirectoryRow {
  if (row === undefined) throw peopleProblems.unknown()
  return row
}

const REFUSALS = {
  unknown: peopleProblems.unknown,
  beyond: peopleProblems.beyondYours,
  not_yours: peopleProblems.notYours,
  own_status: peopleProblems.ownStatus,
  owner_status: peopleProblems.ownerStatus,
} as const
