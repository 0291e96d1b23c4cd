import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { runWitness } from './run-mutant.fixture.ts'

/** A place that asks a choke point, and what there must not be ignored. */
interface Caller {
  readonly file: string
  readonly guard: string
  /** What stands there when the answer is ignored. */
  readonly instead: string
  /** The test that must miss it, and a title in it. */
  readonly witness: readonly [file: string, only: string]
}

const USED = 'now)) !== undefined'
const ALWAYS = 'now)) !== null'

/** Who asks whether a thing was used before, or who may what. */
const callers: readonly Caller[] = [
  {
    file: 'identity/oauth/client-assertion.ts',
    guard: 'return used !== undefined',
    instead: 'return used !== null',
    witness: ['identity/oauth/oauth.test.ts', 'is good once'],
  },
  {
    file: 'identity/logout/logout-tokens.repository.ts',
    guard: USED,
    instead: ALWAYS,
    witness: ['identity/logout/backchannel-logout.test.ts', 'RP-114'],
  },
  {
    file: 'identity/mfa/finish-sign-in.ts',
    guard: "if (used === undefined) throw new Refused('invalid_token', 'challenge_void')",
    instead: '',
    witness: ['identity/mfa/mfa-sign-in.test.ts', 'MF-13'],
  },
  {
    file: 'identity/mfa/recovery-codes.repository.ts',
    guard: USED,
    instead: ALWAYS,
    witness: ['identity/mfa/mfa-sign-in.test.ts', 'MF-24'],
  },
  {
    file: 'identity/mfa/sent-codes.repository.ts',
    guard: USED,
    instead: ALWAYS,
    witness: ['identity/mfa/mfa-codes.long.test.ts', 'MF-20'],
  },
  {
    file: 'identity/mfa/check-code.ts',
    guard: 'if (!(await takeStep(tx, id, { step, now: isoTime(clock.now()) }))) return false',
    instead: 'await takeStep(tx, id, { step, now: isoTime(clock.now()) })',
    witness: ['identity/mfa/mfa-sign-in.test.ts', 'MF-01'],
  },
  {
    file: 'identity/passkeys/prove-passkey.ts',
    guard: 'const rose = await noteCounter(tx, { id, counter, now })',
    instead: 'const rose = (await noteCounter(tx, { id, counter, now })) || true',
    witness: ['identity/passkeys/refused-passkeys.test.ts', 'MF-30'],
  },
  {
    file: 'identity/api-keys/rotate-key.ts',
    guard: "if (used === undefined) return { code: 'rotated_before' }",
    instead: '',
    witness: ['identity/api-keys/key-bounds.test.ts', 'AK-17'],
  },
  {
    file: 'identity/token-api/refresh-tokens.repository.ts',
    guard: USED,
    instead: ALWAYS,
    witness: ['identity/token-api/refresh-races.long.test.ts', 'RR-04'],
  },
  {
    file: 'identity/account/verify-email.ts',
    guard: "if (used === undefined) return 'invalid_token'",
    instead: '',
    witness: ['identity/account/accounts.test.ts', 'MF-43 a link to confirm'],
  },
  {
    file: 'identity/account/reset-password.ts',
    guard: 'used === undefined || held',
    instead: 'held',
    witness: ['identity/account/accounts.test.ts', 'MF-43 a link is one use'],
  },
  {
    file: 'http/guard/guard.ts',
    guard: '  if (!decision.allowed) throw REFUSALS[decision.code]()',
    instead: '',
    witness: ['http/guard/guard.test.ts', 'denied'],
  },
  {
    file: 'http/guard/guard.ts',
    guard: "if (!decision.allowed && decision.code === 'not_signed_in')",
    instead: 'if (false)',
    witness: ['http/guard/guard.test.ts', '401'],
  },
  {
    file: 'entities/visible-rows.ts',
    guard: '!decide({ access: entity.can.delete, changes: false, ...asker }).allowed',
    instead: 'false',
    witness: ['entities/kept-rows.test.ts', 'soft delete'],
  },
  {
    file: 'entities/expansions.ts',
    guard: 'if (!decide({ access: target.can.read, changes: false, ...asker }).allowed)',
    instead: 'if (false)',
    witness: ['entities/list.test.ts', 'fields and expand'],
  },
  {
    file: 'access/can.ts',
    guard: 'changes: false }).allowed',
    instead: 'changes: false }).allowed || true',
    witness: ['access/can.test.ts', 'V8.2.1'],
  },
  {
    file: 'identity/sessions/rotate-session.ts',
    guard: 'if (weak !== undefined) return weak',
    instead: '',
    witness: ['identity/mfa/mfa-policy.long.test.ts', 'a role that demands a factor'],
  },
  {
    file: 'identity/token-api/refresh-tokens.ts',
    guard: 'if (ended !== undefined) return endOutgrown(tx, held, { now, reason: ended })',
    instead: '',
    witness: ['identity/token-api/standing.test.ts', 'MF-11|RR-16'],
  },
]

/** These need the row that they used up: without one there is nothing that they could go on with. */
const needTheRow = [
  'identity/account/change-email.ts',
  'identity/invitations/redeem-invitation.ts',
  'identity/linking/link-offers.repository.ts',
  'identity/oidc/pending-logins.repository.ts',
  'identity/one-time/one-time-tokens.ts',
  'identity/passkeys/challenge.ts',
  'identity/sessions/rotation.repository.ts',
]

/** Where the choke points are themselves, and what only hands them on. */
const themselves = [
  'access/decide.ts',
  'data/consume.ts',
  'identity/enter.ts',
  'identity/mfa/factors.repository.ts',
  'identity/passkeys/passkeys.repository.ts',
  'identity/sessions/mint-session.ts',
]

const ASKS =
  /\b(?:consume|decide|mintSession|continueSession|redeemOneTime|takeStep|noteCounter)(?:<[^(]*>)?\(|\? redeemOneTime\b/

test('v5.0.0-V8.3.1 whoever asks a choke point is in this file: one more is a decision', () => {
  const sources = path.resolve(import.meta.dirname, '..')
  const asking = globSync('**/*.ts', { cwd: sources })
    .filter((file) => !/\.(test|fixture)\.ts$|^testing\/|^dev\//.test(file))
    .filter((file) => ASKS.test(readFileSync(path.join(sources, file), 'utf8')))
  const asksGates = ['identity/token-api/refresh-tokens.ts']
  const known = callers.map(({ file }) => file).filter((file) => !asksGates.includes(file))
  assert.deepEqual(
    asking.toSorted(),
    [...new Set([...known, ...needTheRow, ...themselves])].toSorted(),
  )
})

for (const { file, guard, instead, witness } of callers) {
  const [seenBy, only] = witness
  test(`v5.0.0-V8.3.1 ${file} ignores an answer, and ${seenBy} is red`, async () => {
    const { passed, out } = await runWitness({ file: seenBy, only }, { file, guard, instead })
    assert.ok(!passed, 'nothing missed the guard')
    assert.match(out, /ERR_ASSERTION|failureType: 'testCodeFailure'/, out)
    assert.doesNotMatch(out, /does not hold once|SyntaxError|ERR_MODULE_NOT_FOUND/, out)
  })
}
