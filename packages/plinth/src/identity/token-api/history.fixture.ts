import assert from 'node:assert/strict'
import type { TokenWorld, Told } from './token-api.fixture.ts'

/** One call of the token API, as its caller saw it. */
export interface Call {
  readonly token: string
  readonly began: number
  readonly ended: number
  readonly status: number
  readonly successor: string | undefined
  readonly detail: unknown
}

/** Writes down every refresh, so that all of them together can be judged. */
export function keepHistory(send: (token: string) => Promise<Told>) {
  const calls: Call[] = []
  let moment = 0
  return {
    calls,
    async refresh(token: string): Promise<Call> {
      moment += 1
      const began = moment
      const { status, body } = await send(token)
      moment += 1
      const successor = status === 200 ? String(body['refresh_token']) : undefined
      const call = { token, began, ended: moment, status, successor, detail: body['detail'] }
      calls.push(call)
      return call
    },
  }
}

/**
 * Judges a history (security.md 6.3): a token has one successor at most, whoever asks and however
 * often; no two tokens have the same; nothing succeeds that began after reuse was answered; and the
 * database holds at most one token that was not used.
 */
export async function checkHistory(
  { world }: Pick<TokenWorld, 'world'>,
  session: string,
  calls: readonly Call[],
): Promise<{ readonly live: number; readonly tokens: number }> {
  const given = calls.filter((call) => call.successor !== undefined)
  for (const [token, same] of Map.groupBy(given, (call) => call.token)) {
    assert.equal(new Set(same.map((call) => call.successor)).size, 1, `${token} had two successors`)
  }
  for (const [successor, same] of Map.groupBy(given, (call) => call.successor)) {
    assert.equal(new Set(same.map((call) => call.token)).size, 1, `${successor} came from two`)
  }
  const reused = calls.find((call) => call.detail === 'Refresh token reuse detected')
  const late = reused && given.find((call) => call.began > reused.ended)
  assert.equal(late, undefined, 'something was given after reuse was detected')
  const [counted] = await world.sql<{ tokens: number; live: number }>(
    `select count(*)::int as tokens,
            (count(*) filter (where r.used_at is null and s.revoked_at is null))::int as live
       from plinth.refresh_tokens r join plinth.sessions s on s.id = r.session_id
      where s.id = $1`,
    [session],
  )
  assert.ok(counted)
  assert.ok(counted.live <= 1, `${counted.live} tokens are live`)
  return counted
}
