import { misuse } from '../cli-error.ts'

const DAY_MS = 86_400_000

/**
 * When a key ends, as a person says it: `90d`, an ISO time, or `never`; undefined where nothing is said.
 * @throws CliError for anything else
 */
export function endOfKey(text: string | undefined, now: Date): string | null | undefined {
  if (text === undefined) return undefined
  if (text === 'never') return null
  const days = /^(\d{1,5})d$/.exec(text)?.[1]
  if (days !== undefined) return new Date(now.getTime() + Number(days) * DAY_MS).toISOString()
  const isTime = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text)
  if (isTime && !Number.isNaN(Date.parse(text))) return text
  throw misuse(
    `--expires takes days such as 90d, a time such as 2030-01-01T00:00:00Z, or never; not "${text}".`,
  )
}
