import type { ErrorDetail } from '../../kernel/index.ts'
import type { ApiKeySettings } from './api-keys.settings.ts'

const DAY_MS = 86_400_000
/** Beyond it PostgreSQL and JavaScript no longer write a time alike. */
const LAST_YEAR = 9_999

/** What settings say of how long and how often. */
export type KeyTerms = Pick<
  ApiKeySettings,
  'default_lifetime_days' | 'max_lifetime_days' | 'max_rate_limit'
>

/** When a key ends that is made now: as wished, or as settings say where nothing was; null for never. */
export function endOfNewKey(
  wished: string | null | undefined,
  { default_lifetime_days, max_lifetime_days }: KeyTerms,
  { nowMs, notAfter }: { readonly nowMs: number; readonly notAfter: string | null },
): string | null {
  if (wished !== undefined) return wished
  const days = Math.min(default_lifetime_days, max_lifetime_days ?? default_lifetime_days)
  const usual = nowMs + days * DAY_MS
  const end = notAfter === null ? usual : Math.min(usual, Date.parse(notAfter))
  return new Date(end).toISOString()
}

/** What of an end or a limit does not fit the settings; empty when it fits. */
export function termFaults(
  { expires_at, rate_limit }: TermsWished,
  { max_lifetime_days, max_rate_limit }: KeyTerms,
  nowMs: number,
): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = []
  if (expires_at === null && max_lifetime_days !== null)
    faults.push(unfit('expires_at', `a key must end within ${max_lifetime_days} days`))
  if (typeof expires_at === 'string')
    faults.push(...endFaults(Date.parse(expires_at), { max_lifetime_days, nowMs }))
  if (typeof rate_limit === 'number' && rate_limit > max_rate_limit)
    faults.push(unfit('rate_limit', `must be at most ${max_rate_limit} requests a minute`))
  return faults
}

interface TermsWished {
  readonly expires_at?: string | null | undefined
  readonly rate_limit?: number | null | undefined
}

function endFaults(
  endMs: number,
  { max_lifetime_days: days, nowMs }: { max_lifetime_days: number | null; nowMs: number },
): readonly ErrorDetail[] {
  if (!(endMs > nowMs)) return [unfit('expires_at', 'must lie in the future')]
  if (new Date(endMs).getUTCFullYear() > LAST_YEAR)
    return [unfit('expires_at', 'must lie before the year 10000')]
  if (days !== null && endMs > nowMs + days * DAY_MS)
    return [unfit('expires_at', `must lie within ${days} days`)]
  return []
}

function unfit(field: string, message: string): ErrorDetail {
  return { path: `body/${field}`, message, code: 'unfit' }
}
