import { z } from 'zod'
import type { ImportedAccount, ImportedPerson } from './imported-person.ts'
import { ImportFileFault } from './imported-person.ts'

const flag = z.union([z.boolean(), z.literal([0, 1]).transform(Boolean)])
const user = z.looseObject({
  id: z.coerce.string().min(1),
  name: z.string().default(''),
  email: z.string().nullish(),
  emailVerified: flag.default(false),
  username: z.string().nullish(),
  banned: flag.nullish(),
})
const account = z.looseObject({
  userId: z.coerce.string(),
  providerId: z.string(),
  accountId: z.coerce.string(),
  password: z.string().nullish(),
})
const dump = z.looseObject({ user: z.array(user), account: z.array(account).default([]) })

/**
 * Reads the tables `user` and `account` of better-auth as one JSON object with those names. Passwords
 * are the accounts of the provider `credential`.
 * @throws ImportFileFault
 */
export function readBetterAuth(text: string): readonly ImportedPerson[] {
  const parsed = dump.safeParse(JSON.parse(text))
  if (!parsed.success) {
    throw new ImportFileFault(
      `The file is no export of better-auth: ${z.prettifyError(parsed.error).split('\n')[0]}. It must be one JSON object {"user": [...], "account": [...]} with the rows of those tables.`,
    )
  }
  const accounts = Map.groupBy(parsed.data.account, ({ userId }) => userId)
  return parsed.data.user.map((row, at) => personOf(row, { at, own: accounts.get(row.id) ?? [] }))
}

function personOf(
  row: z.output<typeof user>,
  { at, own }: { readonly at: number; readonly own: readonly z.output<typeof account>[] },
): ImportedPerson {
  const [firstName = '', ...rest] = row.name.trim().split(/\s+/)
  const password = own.find(({ providerId }) => providerId === 'credential')?.password
  return {
    row: at + 1,
    externalId: row.id,
    email: row.email ?? null,
    emailVerified: row.emailVerified,
    username: row.username ?? null,
    firstName,
    lastName: rest.join(' '),
    name: row.name.trim(),
    active: row.banned !== true,
    hash: password ?? undefined,
    mustChange: false,
    accounts: own.filter(({ providerId }) => providerId !== 'credential').map(accountOf),
  }
}

function accountOf({ providerId, accountId }: z.output<typeof account>): ImportedAccount {
  return { provider: providerId, subject: accountId }
}
