import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { isSomebodys } from '../invitations/join.repository.ts'
import { putCredential, putName } from '../password/credentials.repository.ts'
import { importedHash } from '../password/imported-hash.ts'
import { emailName, userName } from '../password/sign-in-name.ts'
import { personEvents } from '../people/people.events.ts'
import { isoTime } from '../sessions/iso-time.ts'
import {
  addAccount,
  findImported,
  findTenant,
  hasCredential,
  insertImported,
  joinTenant,
} from './imported-people.repository.ts'
import type { ImportedPerson, ImportSource, RowFault } from './imported-person.ts'
import { issuerOf } from './issuer-of.ts'
import { namesInFile } from './names-in-file.ts'

/** How people are imported. */
export interface ImportOptions {
  readonly source: ImportSource
  readonly clock: Clock
  /** Short name or id of the tenant that they become members of; undefined for none. */
  readonly tenant?: string | undefined
  /** Issuer of the accounts of a provider, by the name that the export has for it. */
  readonly issuers?: Readonly<Record<string, string>>
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean
}

/** What became of one row. */
export interface ImportedRow {
  readonly row: number
  readonly external_id: string
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'refused'
  /** Why it was refused. */
  readonly reason?: ImportRefusal | undefined
  /** What of it was left out. */
  readonly notes: readonly ImportNote[]
}

/** Why a row was refused. */
export type ImportRefusal =
  | RowFault
  | 'no_id'
  | 'twice'
  | 'no_name'
  | 'email_invalid'
  | 'email_taken'
  | 'username_taken'
  | 'account_taken'

/** What of a row was left out: a hash or a user name that is not understood, an account without an issuer. */
export type ImportNote = 'hash_unknown' | 'username_invalid' | 'issuer_unknown' | 'email_unverified'

/**
 * Imports people with the hashes of their passwords, each in a transaction of its own: what one row
 * lacks stops no other. Whoever was imported before keeps what they are by now; only what they do not
 * have is added, so that running it again changes nothing. An address that somebody has here is
 * refused: two accounts are made one by their person, never by an import (D8).
 * @param owner the door of a database that was opened as its owner
 * @throws TypeError when there is no tenant of that name
 */
export async function* importPeople(
  owner: PlatformDb,
  people: Iterable<ImportedPerson>,
  options: ImportOptions,
): AsyncGenerator<ImportedRow> {
  const tenant = options.tenant === undefined ? undefined : await tenantNamed(owner, options.tenant)
  const before = new Set<string>()
  const names = namesInFile(options.issuers)
  for (const person of people) {
    const said = refusedAlready(person, before) ?? (options.dryRun && names.taken(person))
    const done = said
      ? refusedRow(person, said)
      : await importOne(owner, person, { ...options, tenant })
    before.add(person.externalId)
    if (done.outcome === 'created') names.note(person)
    yield done
  }
}

/** What nobody needs to look into the database for. */
function refusedAlready(
  { fault, externalId }: ImportedPerson,
  before: ReadonlySet<string>,
): ImportRefusal | undefined {
  if (fault !== undefined) return fault
  if (externalId === '') return 'no_id'
  return before.has(externalId) ? 'twice' : undefined
}

function refusedRow(
  { row, externalId }: Pick<ImportedPerson, 'row' | 'externalId'>,
  reason: ImportRefusal,
): ImportedRow {
  return { row, external_id: externalId, outcome: 'refused', reason, notes: [] }
}

interface Import extends Omit<ImportOptions, 'tenant'> {
  readonly tenant: Id<'tenant'> | undefined
}

async function tenantNamed(owner: PlatformDb, name: string): Promise<Id<'tenant'>> {
  const tenant = await findTenant(owner, name)
  if (tenant === undefined) throw new TypeError(`there is no tenant "${name}"`)
  return tenant
}

async function importOne(
  owner: PlatformDb,
  person: ImportedPerson,
  options: Import,
): Promise<ImportedRow> {
  const done = { row: person.row, external_id: person.externalId }
  try {
    return await owner.transaction(async (tx) => {
      const written = await write(tx, person, options)
      if (options.dryRun === true) throw new NotDone({ ...done, ...written })
      return { ...done, ...written }
    })
  } catch (error) {
    if (error instanceof NotDone) return error.row
    if (error instanceof Refused) return refusedRow(person, error.reason)
    throw error
  }
}

/** Rolls a dry run back, and carries what would have been. */
class NotDone extends Error {
  readonly row: ImportedRow
  constructor(row: ImportedRow) {
    super('a dry run')
    this.row = row
  }
}

/** Rolls a row back that cannot be imported. */
class Refused extends Error {
  readonly reason: ImportRefusal
  constructor(reason: ImportRefusal) {
    super(reason)
    this.reason = reason
  }
}

type Written = Pick<ImportedRow, 'outcome' | 'notes'>

async function write(tx: PlatformTx, person: ImportedPerson, options: Import): Promise<Written> {
  const { source, clock, tenant } = options
  const now = isoTime(clock.now())
  const known = await findImported(tx, { source, externalId: person.externalId })
  const id = known ?? (await create(tx, person, options))
  const notes: ImportNote[] = []
  const added = [
    await addAccounts(tx, id, { person, options, notes }),
    await addPassword(tx, id, { person, now, notes }),
    tenant !== undefined && (await tx.inTenant(tenant, (inside) => joinTenant(inside, id))),
  ]
  if (known !== undefined) return { outcome: added.includes(true) ? 'updated' : 'unchanged', notes }
  if (person.email !== null && !person.emailVerified) notes.push('email_unverified')
  return { outcome: 'created', notes }
}

const SYSTEM = { kind: 'system', person: null, clientAddress: null, requestId: null } as const
const LONGEST_NAME = 200

async function create(
  tx: PlatformTx,
  person: ImportedPerson,
  { source, clock }: Import,
): Promise<Id<'person'>> {
  const id = newId<'person'>(clock)
  const email = person.email === null ? undefined : emailName(person.email)
  if (person.email !== null && email === undefined) throw new Refused('email_invalid')
  const name = shownName(person)
  if (name === '') throw new Refused('no_name')
  if (email !== undefined && (await isSomebodys(tx, { email: email.name, except: id })))
    throw new Refused('email_taken')
  await insertImported(tx, {
    source,
    externalId: person.externalId,
    person: id,
    name,
    firstName: plain(person.firstName),
    lastName: plain(person.lastName),
    email: email?.name ?? null,
    emailVerified: email !== undefined && person.emailVerified,
    status: person.active ? 'active' : 'disabled',
    now: isoTime(clock.now()),
  })
  const target = { type: 'person', id }
  await record(tx, SYSTEM, personEvents.imported({ outcome: 'success', target, data: { source } }))
  return id
}

function shownName(person: ImportedPerson): string {
  const made = `${person.firstName} ${person.lastName}`
  return plain(person.name) || plain(made) || plain(person.username ?? person.email ?? '')
}

/** One line without what cannot be seen. */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
    .toWellFormed()
}

interface Adding {
  readonly person: ImportedPerson
  readonly notes: ImportNote[]
}

async function addAccounts(
  tx: PlatformTx,
  of: Id<'person'>,
  { person, options, notes }: Adding & { readonly options: Import },
): Promise<boolean> {
  let added = false
  for (const account of person.accounts) {
    const { provider, subject } = account
    const issuer = issuerOf(account, options.issuers)
    if (issuer === undefined) {
      // Whoever keeps the old realm as a provider says so; nobody is warned of the others.
      if (provider !== 'self') notes.push('issuer_unknown')
      continue
    }
    const id = newId<'identity'>(options.clock)
    const outcome = await addAccount(tx, { id, person: of, issuer, subject, provider })
    if (outcome === 'taken') throw new Refused('account_taken')
    added ||= outcome === 'added'
  }
  return added
}

/** The names that they sign in with, and the password; nobody's password is replaced. */
async function addPassword(
  tx: PlatformTx,
  id: Id<'person'>,
  { person, now, notes }: Adding & { readonly now: string },
): Promise<boolean> {
  if (person.hash === undefined || (await hasCredential(tx, id))) return false
  const hash = importedHash(person.hash)
  if (hash === undefined) {
    notes.push('hash_unknown')
    return false
  }
  const email = person.email === null ? undefined : emailName(person.email)
  if (email !== undefined && !(await putName(tx, id, email))) throw new Refused('email_taken')
  await addUsername(tx, id, { person, notes })
  await putCredential(tx, { person: id, hash, now, mustChange: person.mustChange })
  return true
}

async function addUsername(
  tx: PlatformTx,
  id: Id<'person'>,
  { person: { username, email }, notes }: Adding,
): Promise<void> {
  // Keycloak can be told to use the address as the user name; that is one name already.
  if (username === null || username.toLowerCase() === email?.toLowerCase()) return
  const name = userName(username)
  if (name === undefined) notes.push('username_invalid')
  else if (!(await putName(tx, id, name))) throw new Refused('username_taken')
}
