import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runWitness } from './run-mutant.fixture.ts'

type Guard = readonly [what: string, guard: string, instead: string]

/** Each choke point: where it is, the test that must miss a guard, and its guards. */
const chokePoints: readonly {
  readonly file: string
  readonly test: string
  readonly guards: readonly Guard[]
}[] = [
  {
    file: 'access/decide.ts',
    test: 'access/decide.test.ts',
    guards: [
      [
        'nobody is somebody',
        'if (!principal) return NOT_SIGNED_IN',
        'if (!principal) return ALLOWED',
      ],
      [
        'a key that reads may change',
        'if (changes && principal.credential.readOnly === true) return READ_ONLY',
        '',
      ],
      [
        'a key counts as a person',
        'principal.credential.session === undefined ? NOT_IN_PERSON : ALLOWED',
        'ALLOWED',
      ],
      [
        'every permission is held',
        'holds(grants, access.permission) ? ALLOWED : NOT_PERMITTED',
        'grants ? ALLOWED : NOT_PERMITTED',
      ],
      [
        'a tenant gives rights over the platform',
        "if (permission.startsWith('platform:')) return principal.platform ?? []",
        '',
      ],
    ],
  },
  {
    file: 'data/consume.ts',
    test: 'data/consume.test.ts',
    guards: [
      ['a thing is used twice', ' and ${used} is null', ''],
      ['what is over is used', 'is null${holds} `', 'is null `'],
      [
        'one key of several is enough',
        '`${key} = $${at + 2}`',
        '`(${key} = $${at + 2} or ${at} > 0)`',
      ],
    ],
  },
  {
    file: 'identity/sessions/mint-session.ts',
    test: 'identity/mfa/ways-to-a-session.test.ts',
    guards: [['one factor is enough', "if (judgement.code !== 'enough') return judgement", '']],
  },
  {
    file: 'identity/sessions/mint-session.ts',
    test: 'identity/session-limit.test.ts',
    guards: [['any number of sessions', 'await makePlace(deps, tx, signedIn)', '']],
  },
]

for (const { file, test: witness, guards } of chokePoints) {
  test(`${witness} is green with every guard of ${file}`, async () => {
    const { passed, out } = await runWitness({ file: witness })
    assert.ok(passed, out)
  })
  for (const [what, guard, instead] of guards) {
    test(`v5.0.0-V8.3.1 without a guard of ${file} ${what}, and ${witness} is red`, async () => {
      const { passed, out } = await runWitness({ file: witness }, { file, guard, instead })
      assert.ok(!passed, 'nothing missed the guard')
      // Red because of what the guard does: not because the file could not be read any more.
      assert.match(out, /ERR_ASSERTION|failureType: 'testCodeFailure'/, out)
      assert.doesNotMatch(out, /does not hold once|SyntaxError|ERR_MODULE_NOT_FOUND/, out)
    })
  }
}
