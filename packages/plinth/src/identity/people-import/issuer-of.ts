import type { ImportedAccount } from './imported-person.ts'

// Where the name of a provider is enough: these have one issuer for everybody.
const KNOWN_ISSUERS: Readonly<Record<string, string>> = {
  google: 'https://accounts.google.com',
  apple: 'https://appleid.apple.com',
}

/** Issuer of an account: what the export says, what whoever imports says, or what everybody knows. */
export function issuerOf(
  { provider, issuer }: ImportedAccount,
  issuers: Readonly<Record<string, string>> = {},
): string | undefined {
  return issuer ?? issuers[provider] ?? KNOWN_ISSUERS[provider]
}
