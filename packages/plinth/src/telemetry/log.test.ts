import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError, type Clock, problem, Secret } from '../kernel/index.ts'
import { createLog, loggingSettings, type RootLog } from './index.ts'

const clock: Clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678), monotonic: () => 0 }

function listen(
  settings: { level?: string; format?: 'json' | 'text' } = {},
  personal?: ReadonlySet<string>,
): {
  log: RootLog
  lines: string[]
  last: () => Record<string, unknown>
} {
  const lines: string[] = []
  const log = createLog({
    settings: loggingSettings.parse({ file: null, ...settings }),
    clock,
    stream: { write: (line) => lines.push(line) },
    ...(personal && { personal }),
  })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') }
}

test('an event is one JSON object with level, timestamp, message and facts', () => {
  const { log, last } = listen()
  log.child({ request_id: 'r-1' }).info({ status: 200 }, 'request completed')
  assert.deepEqual(last(), {
    level: 'info',
    timestamp: '2026-01-02T03:04:05.678Z',
    request_id: 'r-1',
    status: 200,
    message: 'request completed',
  })
})

test('level and its spellings decide what is written', () => {
  const { log, lines } = listen({ level: 'WARNING' })
  log.debug({}, 'a')
  log.info({}, 'b')
  log.warn({}, 'c')
  assert.equal(lines.length, 1)
})

test('HI-21 hostile text stays inside one line: CR LF, ANSI, %s, quotes, U+2028, direction marks', () => {
  const hostile = 'a\r\nb\u001b[31m %s %d %j "}\u2028\u2029\u202e\u0085\u009b\u007f\ufeff\u0000'
  const { log, lines, last } = listen()
  log.info({ agent: hostile, [hostile]: hostile }, hostile)
  assert.equal(lines.length, 1)
  const line = lines[0] ?? ''
  assert.match(line, /^[\u0020-\u007e]+\n$/, 'only printable ASCII')
  assert.equal(last()['agent'], hostile, 'and nothing was lost')
  assert.equal(last()['message'], hostile)
})

test('HI-21 1 MB of user agent is cut', () => {
  const { log, lines, last } = listen()
  log.info({ agent: 'x'.repeat(1_000_000) }, 'y'.repeat(1_000_000))
  assert.ok((lines[0] ?? '').length < 6_000, `${lines[0]?.length} bytes`)
  assert.match(String(last()['agent']), /… \(997952 more characters\)$/)
})

test('HI-21 wide, long and deep input is bounded', () => {
  const { log, lines } = listen()
  const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, 'v']))
  let deep: object = {}
  for (let at = 0; at < 20_000; at += 1) deep = { deep }
  log.info({ wide, deep, list: Array.from({ length: 100_000 }, () => wide) })
  assert.ok((lines[0] ?? '').length < 100_000, `${lines[0]?.length} bytes`)
})

test('HI-21 nothing crashes the log: BigInt, cycles, throwing getters, proxies, invalid dates', () => {
  const { log, last } = listen()
  const cycle: Record<string, unknown> = { name: 'cycle' }
  cycle['self'] = cycle
  const getter = Object.defineProperty({}, 'boom', {
    enumerable: true,
    get: () => {
      throw new Error('no')
    },
  })
  const proxy = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no')
      },
    },
  )
  const toJson = { toJSON: () => assert.fail('toJSON of input is never called') }
  log.info({ big: 10n ** 30n, cycle, getter, proxy, toJson, date: new Date(Number.NaN), nan: NaN })
  assert.equal(last()['big'], '1000000000000000000000000000000')
  assert.deepEqual(last()['cycle'], { name: 'cycle', self: '[circular]' })
  assert.deepEqual(last()['getter'], { boom: '[unreadable]' })
  assert.equal(last()['date'], null)
  assert.equal(last()['nan'], 'NaN')
})

test('HI-21 facts cannot imitate the fields of the log itself', () => {
  const { log, lines, last } = listen()
  log.info({ level: 'error', timestamp: 'x', message: 'y', __proto__: { z: 1 } }, 'real')
  assert.equal(lines[0]?.match(/"level"/g)?.length, 1)
  assert.equal(last()['level'], 'info')
  assert.equal(last()['message'], 'real')
  assert.equal(last()['fact_level'], 'error')
})

test('HI-21 any value at all gives exactly one line that parses', () => {
  const { log, lines } = listen()
  fc.assert(
    fc.property(
      fc.object({ withBigInt: true, withDate: true, withMap: true }),
      fc.string(),
      (facts, text) => {
        lines.length = 0
        log.info(facts, text)
        assert.equal(lines.length, 1)
        const line = lines[0] ?? ''
        assert.equal(line.indexOf('\n'), line.length - 1)
        JSON.parse(line)
      },
    ),
    { numRuns: 300 },
  )
})

test('secrets are hidden by the name of their field, at any depth, in any spelling', () => {
  const names = [
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'password',
    'token',
    'secret',
    'code',
    'code_verifier',
    'client_secret',
    'clientSecret',
    'id_token',
    'access_token',
    'refreshToken',
    'x-api-key',
    'X-API-Key',
    'state',
    'csrf_token',
    'db_password',
  ]
  for (const name of names) {
    const { log, lines } = listen()
    log.info({ [name]: 'hunter22', deep: [{ deeper: { [name]: { value: 'hunter22' } } }] })
    log.child({ [name]: 'hunter22' }).info({})
    assert.ok(!lines.join().includes('hunter22'), name)
  }
})

test('secrets are hidden inside running text', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl'
  const { log, lines } = listen()
  log.error(
    {
      url: 'https://app.test/cb?code=hunter22&state=hunter22#x',
      database: 'postgres://app:hunter22@db/app',
      header: 'Bearer hunter22hunter22',
      jwt,
      error: new Error(`connect postgres://app:hunter22@db/app with ${jwt}`),
    },
    `sk_service_${'hunter22'.repeat(5)} and password=hunter22`,
  )
  assert.ok(!/hunter22|eyJ/.test(lines.join()), lines.join())
})

test('personal data is kept out by the name of its field, wherever it stands', () => {
  const { log, lines, last } = listen({}, new Set(['email', 'phone']))
  const contact = { id: 7, email: 'a@b.example', phone: null }
  log.child({ email: 'a@b.example' }).error({ contact, list: [[contact]] }, 'not sent')
  assert.ok(!lines.join().includes('a@b'), lines.join())
  assert.deepEqual(last()['contact'], { id: 7, email: '[personal]', phone: '[personal]' })
})

test('a Secret never prints', () => {
  const { log, last } = listen()
  log.info({ key: new Secret('hunter22') })
  assert.equal(last()['key'], '[secret]')
})

test('an error shows type, code, message, reason and causes; its stack only at level error', () => {
  const gone = problem('thing.gone', 410, 'It is gone.')
  const error = gone({
    reason: 'row 7',
    cause: Object.assign(new Error('inner'), { code: '23505', detail: 'Key (email)=(a@b.c)' }),
  })
  assert.ok(error instanceof AppError)
  const { log, last, lines } = listen()
  log.warn({ error })
  assert.deepEqual(last()['error'], {
    type: 'AppError',
    code: 'thing.gone',
    message: 'It is gone.',
    reason: 'row 7',
    cause: { type: 'Error', code: '23505', message: 'inner' },
  })
  log.error({ error })
  assert.match(JSON.stringify(last()['error']), /log\.test\.ts/)
  assert.ok(!lines.join().includes('a@b.c'))
  log.error(new Error('given as the facts'))
  assert.match(JSON.stringify(last()['error']), /given as the facts/)
})

test('format text is one line for a person, and as inert', () => {
  const { log, lines } = listen({ format: 'text' })
  log.warn({ path: '/a', note: 'two words' }, 'evil\nline\u202e')
  assert.equal(lines[0], '03:04:05.678 warn  evil\\nline\\u202e path=/a note="two words"\n')
})
