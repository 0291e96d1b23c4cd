import { csvRows } from './csv-rows.ts'
import type { ImportedPerson, RowFault } from './imported-person.ts'
import { ImportFileFault } from './imported-person.ts'

const COLUMNS = [
  'id',
  'email',
  'email_verified',
  'username',
  'first_name',
  'last_name',
  'display_name',
  'status',
  'password_hash',
] as const
type Column = (typeof COLUMNS)[number]

/**
 * Reads people from CSV whose first line names the columns: `id` (the address where there is none),
 * email, email_verified, username, first_name, last_name, display_name, status and password_hash.
 * @throws ImportFileFault
 */
export function readCsv(text: string): readonly ImportedPerson[] {
  const [header, ...rows] = rowsOf(text)
  const columns = header?.map((name) => name.trim().toLowerCase()) ?? []
  const strange = columns.filter((name) => !COLUMNS.some((known) => known === name))
  if (header === undefined || strange.length > 0 || !columns.includes('email')) {
    const said =
      strange.length > 0 ? `"${strange.join('", "')}" is no column` : 'there is no "email"'
    throw new ImportFileFault(
      `The first line must name the columns, and ${said}. Known are: ${COLUMNS.join(', ')}.`,
    )
  }
  return rows.map((fields, at) => {
    const field = (name: Column) => fields[columns.indexOf(name)]?.trim() ?? ''
    const fault = fields.length === columns.length ? undefined : 'fields_differ'
    return { ...personOf(field, at + 2), fault: fault ?? statusFault(field('status')) }
  })
}

const ACTIVE = /^(active|enabled|true|1)?$/i
const SHUT_OUT = /^(inactive|disabled|archived|false|0)$/i

function statusFault(status: string): RowFault | undefined {
  return ACTIVE.test(status) || SHUT_OUT.test(status) ? undefined : 'status_unknown'
}

function rowsOf(text: string): ReturnType<typeof csvRows> {
  try {
    return csvRows(text)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new ImportFileFault(`The file is no CSV: ${said}.`, { cause: error })
  }
}

function personOf(field: (name: Column) => string, row: number): ImportedPerson {
  const email = field('email')
  return {
    row,
    externalId: field('id') || email.toLowerCase(),
    email: email || null,
    emailVerified: /^(true|1|yes)$/i.test(field('email_verified')),
    username: field('username') || null,
    firstName: field('first_name'),
    lastName: field('last_name'),
    name: field('display_name'),
    active: ACTIVE.test(field('status')),
    hash: field('password_hash') || undefined,
    mustChange: false,
    accounts: [],
  }
}
