import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { newToken } from '../kernel/index.ts'
import type { AccountWorld } from './account/accounts.fixture.ts'
import { openAccounts } from './account/accounts.fixture.ts'

const MOST = 5
let accounts: AccountWorld
before(async () => {
  accounts = await openAccounts({
    'accounts.registration': 'invitation',
    'rate_limiter.requests': MOST,
  })
})
after(() => accounts[Symbol.asyncDispose]())

/** What anybody may bring here, and the row that is left when it is worth nothing. */
interface Brought {
  readonly path: string
  readonly body: object
  readonly status: number
  readonly row: {
    readonly action: string
    readonly outcome: string
    readonly reason: string
    readonly data: object
  }
}

const challenge = (path: string, more: object = {}): Brought => ({
  path,
  body: { mfa_token: newToken(), ...more },
  status: 401,
  row: {
    action: 'mfa.challenge_refused',
    outcome: 'failed',
    reason: 'challenge_void',
    data: { route: path },
  },
})
const invitation = (path: string, action: string): Brought => ({
  path,
  body: { token: newToken() },
  status: 400,
  row: { action, outcome: 'denied', reason: 'invalid_token', data: {} },
})
const brought: readonly Brought[] = [
  {
    path: '/auth/register',
    body: { email: 'a@example.com', password: 'tr4ins leave at nine', first_name: 'Ana' },
    status: 403,
    row: { action: 'account.registration_asked', outcome: 'denied', reason: 'closed', data: {} },
  },
  invitation('/auth/invitations/look', 'invitation.looked_at'),
  invitation('/auth/invitations/decline', 'invitation.declined'),
  challenge('/auth/mfa/challenge'),
  challenge('/auth/mfa/codes', { method_id: '01890000-0000-7000-8000-000000000000' }),
  challenge('/auth/mfa/enrolment', { kind: 'totp' }),
  challenge('/auth/mfa/passkey-options'),
  challenge('/auth/mfa/enrolment/passkey-options'),
]

let networks = 0

for (const { path, body, status, row } of brought) {
  test(`v5.0.0-V16.3.1 v5.0.0-V16.3.3 POST ${path}: a refusal of nobody in particular leaves its row, and a flood no more than the class sign-in lets through`, async () => {
    networks += 1
    const address = `198.51.100.${networks}`
    const statuses: number[] = []
    for (let at = 0; at < MOST + 3; at += 1) {
      statuses.push((await accounts.at(address).post(path, body)).status)
    }
    assert.deepEqual(statuses, [...Array(MOST).fill(status), 429, 429, 429])
    const rows = await accounts.sql(
      `select action, outcome, reason, data, actor_kind from plinth.audit_events
        where client_address = $1`,
      [address],
    )
    assert.deepEqual(rows, Array(MOST).fill({ ...row, actor_kind: 'anonymous' }))
  })
}
