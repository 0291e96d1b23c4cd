import { hash } from 'node:crypto'
import type { Log } from '../../feature/index.ts'
import type { Outbound } from '../../outbound/index.ts'

/** What asking a list of breached passwords takes. */
export interface BreachListDeps {
  readonly outbound: Pick<Outbound, 'request'>
  readonly log: Pick<Log, 'warn'>
  /** `accounts.password.breach_url`; null asks nobody. */
  readonly url: string | null
}

const PREFIX = 5
const TIMEOUT_MS = 2_000
// One hash without its first five characters, and how often it was seen; padding was seen never.
const LINE = /^([0-9A-F]{35}):0*[1-9]\d*\r?$/

/**
 * Whether a list of breached passwords holds one. The list is told five of the forty characters of its
 * SHA-1, as the range API of Have I Been Pwned has it (k-anonymity); SHA-1 is the list's key there and
 * protects nothing. A list that does not answer refuses nobody: the filter that ships was asked before.
 */
export async function isBreached(
  { outbound, log, url }: BreachListDeps,
  password: string,
): Promise<boolean> {
  if (url === null) return false
  const digest = hash('sha1', password, 'hex').toUpperCase()
  const target = `${url.replace(/\/?$/, '/')}${digest.slice(0, PREFIX)}`
  try {
    const { status, body } = await outbound.request({
      url: target,
      reach: { kind: 'operator', origins: [new URL(url).origin] },
      headers: { 'add-padding': 'true' },
      timeoutMs: TIMEOUT_MS,
    })
    if (status !== 200) throw new Error(`it answered ${status}`)
    const lines = body.toString('latin1').split('\n')
    return lines.some((line) => LINE.exec(line)?.[1] === digest.slice(PREFIX))
  } catch (error) {
    const why =
      'The list of breached passwords does not answer; a new password was held against ours only.'
    log.warn({ error }, why)
    return false
  }
}
