import { importedHash } from '../password/imported-hash.ts'
import { emailName, userName } from '../password/sign-in-name.ts'
import type { ImportedPerson } from './imported-person.ts'
import { issuerOf } from './issuer-of.ts'

/** Why a row would not be made after those before it. */
type Taken = 'email_taken' | 'account_taken' | 'username_taken'

/**
 * Remembers what the rows of a file would take, for a dry run: it takes each row back before it comes to
 * the next, and must still say what an import would say of two rows with one address.
 */
export function namesInFile(issuers?: Readonly<Record<string, string>>): {
  taken(person: ImportedPerson): Taken | undefined
  note(person: ImportedPerson): void
} {
  const before = new Set<string>()
  return {
    taken: (person) => keysOf(person, issuers).find(({ key }) => before.has(key))?.taken,
    note: (person) => {
      for (const { key } of keysOf(person, issuers)) before.add(key)
    },
  }
}

interface Key {
  readonly key: string
  readonly taken: Taken
}

function keysOf(
  { email, username, hash, accounts }: ImportedPerson,
  issuers: Readonly<Record<string, string>> | undefined,
): readonly Key[] {
  const keys: Key[] = []
  const address = email === null ? undefined : emailName(email)
  if (address !== undefined) keys.push({ key: `email ${address.key}`, taken: 'email_taken' })
  for (const account of accounts) {
    const issuer = issuerOf(account, issuers)
    const key = JSON.stringify(['account', issuer, account.subject])
    if (issuer !== undefined) keys.push({ key, taken: 'account_taken' })
  }
  // Only somebody with a password signs in by a name.
  const signsIn = hash !== undefined && importedHash(hash) !== undefined
  const name = signsIn && username !== null ? userName(username) : undefined
  if (name !== undefined) keys.push({ key: `username ${name.key}`, taken: 'username_taken' })
  return keys
}
