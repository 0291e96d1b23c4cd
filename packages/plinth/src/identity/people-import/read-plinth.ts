import { z } from 'zod'
import type { ImportedPerson } from './imported-person.ts'
import { ImportFileFault } from './imported-person.ts'

/** A line of `plinth people export`. */
export const exportedLine = z.object({
  id: z.uuid(),
  email: z.string().nullable(),
  email_verified: z.boolean(),
  username: z.string().nullable(),
  first_name: z.string(),
  last_name: z.string(),
  display_name: z.string(),
  status: z.enum(['active', 'inactive', 'archived']),
  created_at: z.string(),
  accounts: z.array(z.object({ provider: z.string(), issuer: z.string(), subject: z.string() })),
  password_hash: z.string().nullable(),
})

/**
 * Reads what `plinth people export` of another service wrote: a JSON object a line.
 * @throws ImportFileFault
 */
export function readPlinth(text: string): readonly ImportedPerson[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line, at) => {
    const parsed = exportedLine.safeParse(jsonOf(line))
    if (!parsed.success) {
      throw new ImportFileFault(
        `Line ${at + 1} is none that "plinth people export" writes: ${z.prettifyError(parsed.error).split('\n')[0]}.`,
      )
    }
    const one = parsed.data
    return {
      row: at + 1,
      externalId: one.id,
      email: one.email,
      emailVerified: one.email_verified,
      username: one.username,
      firstName: one.first_name,
      lastName: one.last_name,
      name: one.display_name,
      active: one.status === 'active',
      hash: one.password_hash ?? undefined,
      mustChange: false,
      accounts: one.accounts,
    }
  })
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
