import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cookiePairs, tokenCookie } from './cookie.ts'

const NAME = 'user_session_id'
const good = 'A'.repeat(43)
const bad = 'B'.repeat(43)

const cases: readonly (readonly [string, string | undefined, string | undefined])[] = [
  ['no header', undefined, undefined],
  ['another cookie', `theme=dark; lang=en`, undefined],
  ['alone', `${NAME}=${good}`, good],
  ['among others', `theme=dark; ${NAME}=${good}; lang=en`, good],
  ['with blanks', `theme=dark ;  ${NAME} = ${good} ,lang=en`, good],
  ['a longer name', `${NAME}s=${good}; x${NAME}=${good}`, undefined],
  ['its name as a value', `last=${NAME}; ${NAME}=${good}`, good],
  ['twice', `${NAME}=${good}; ${NAME}=${bad}`, undefined],
  ['twice, once empty', `${NAME}=${good}; ${NAME}=`, undefined],
  ['cut', `${NAME}=${good.slice(1)}`, undefined],
  ['quoted', `${NAME}="${good}"`, undefined],
  ['a sign of equality in it', `${NAME}=${good}=`, undefined],
]
for (const [title, header, expected] of cases) {
  test(`SB-04 SB-05 SB-06 the session cookie: ${title}`, () => {
    assert.equal(tokenCookie(header, NAME), expected)
  })
}

test('SB-04 searching the header finds what taking it apart finds, whatever it is', () => {
  const piece = fc.oneof(
    fc.constantFrom(NAME, '=', ';', ',', ' ', '\t', good, bad, '"', `${NAME}=${good}`, 'x', '; '),
    fc.string({ maxLength: 4 }),
  )
  const apart = (header: string) => {
    const values = cookiePairs(header).filter(([name]) => name === NAME)
    const [only] = values
    return values.length === 1 && /^[\w-]{43}$/.test(only?.[1] ?? '') ? only?.[1] : undefined
  }
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const header = pieces.join('')
      assert.equal(tokenCookie(header, NAME), apart(header))
    }),
    { numRuns: 2_000 },
  )
})
