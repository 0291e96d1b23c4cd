import { z } from 'zod'
import type { ImportedPerson } from './imported-person.ts'
import { ImportFileFault } from './imported-person.ts'

const user = z.looseObject({
  id: z.string().min(1),
  username: z.string().nullish(),
  email: z.string().nullish(),
  emailVerified: z.boolean().default(false),
  firstName: z.string().default(''),
  lastName: z.string().default(''),
  enabled: z.boolean().default(true),
  credentials: z.array(z.looseObject({ type: z.string() })).default([]),
  requiredActions: z.array(z.string()).default([]),
  federatedIdentities: z
    .array(z.looseObject({ identityProvider: z.string(), userId: z.string() }))
    .default([]),
  serviceAccountClientId: z.string().nullish(),
})
const realm = z.looseObject({ users: z.array(user) })

/**
 * Reads the people of a realm as `kc.sh export` writes it. Service accounts are left out. Whoever is
 * known to the realm has an account of the provider `self` as well, whose issuer is the realm's.
 * @throws ImportFileFault
 */
export function readKeycloak(text: string): readonly ImportedPerson[] {
  const parsed = realm.safeParse(JSON.parse(text))
  if (!parsed.success) {
    throw new ImportFileFault(
      `The file is no realm of Keycloak: ${z.prettifyError(parsed.error).split('\n')[0]}. Write one with "kc.sh export --users realm_file --file realm.json --realm <name>".`,
    )
  }
  return parsed.data.users.flatMap((row, at) =>
    row.serviceAccountClientId ? [] : [personOf(row, at)],
  )
}

function personOf(row: z.output<typeof user>, at: number): ImportedPerson {
  const password = row.credentials.find(({ type }) => type === 'password')
  return {
    row: at + 1,
    externalId: row.id,
    email: row.email ?? null,
    emailVerified: row.emailVerified,
    username: row.username ?? null,
    firstName: row.firstName,
    lastName: row.lastName,
    name: '',
    active: row.enabled,
    hash: password && JSON.stringify(password),
    mustChange: row.requiredActions.includes('UPDATE_PASSWORD'),
    accounts: [
      { provider: 'self', subject: row.id },
      ...row.federatedIdentities.map(({ identityProvider, userId }) => ({
        provider: identityProvider,
        subject: userId,
      })),
    ],
  }
}
