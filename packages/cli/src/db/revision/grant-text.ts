import { nameOf } from './names.ts'

/** A right of {@link LiveTable} as a statement. */
export function grantText(
  verb: 'grant' | 'revoke',
  grant: string,
  table: { readonly schema: string; readonly name: string },
): string {
  const end = grant.lastIndexOf(' ')
  const role = grant.slice(end + 1)
  return `${verb} ${grant.slice(0, end)} on ${nameOf(table)} ${verb === 'grant' ? 'to' : 'from'} ${role}`
}
