import assert from 'node:assert/strict'
import { pbkdf2Sync, scryptSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import { hash as argon2 } from '@node-rs/argon2'
import { hash as bcrypt } from '@node-rs/bcrypt'
import type { AccountWorld } from '../account/accounts.fixture.ts'
import { CHEAP, openAccounts } from '../account/accounts.fixture.ts'
import { createHashPool } from './hash-pool.ts'
import { importedHash } from './imported-hash.ts'
import { passwordSettings } from './password.settings.ts'
import { hashPassword, isOutdated, nobodysHash, verifyPassword } from './password-hash.ts'
import { createPasswords } from './passwords.ts'

const PASSWORD = 'Grüße an the ﬁrst of May'
const salt = Buffer.from('0123456789abcdef')
const b64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
const ab64 = (bytes: Buffer) => b64(bytes).replaceAll('+', '.')

/** Hashes as other systems write them, all of one password. */
async function foreign(): Promise<Record<string, string>> {
  const derived = (digest: string, size: number) => pbkdf2Sync(PASSWORD, salt, 1_000, size, digest)
  const scrypt = (password: string, { N = 16_384, r = 8, by = salt }) =>
    scryptSync(password, by, 64, { N, r, p: 1, maxmem: 128 * 1_024 * 1_024 })
  const hex = salt.toString('hex')
  const nfkc = PASSWORD.normalize('NFKC')
  const keycloak = (value: Buffer, credentialData: object) =>
    JSON.stringify({
      secretData: JSON.stringify({
        value: value.toString('base64'),
        salt: salt.toString('base64'),
        additionalParameters: {},
      }),
      credentialData: JSON.stringify(credentialData),
    })
  const argon = await argon2(PASSWORD, { ...CHEAP, salt, outputLen: 32 })
  return {
    argon2: argon,
    bcrypt: await bcrypt(PASSWORD, 4),
    passlib: `$pbkdf2-sha256$1000$${ab64(salt)}$${ab64(derived('sha256', 32))}`,
    'passlib sha1': `$pbkdf2$1000$${ab64(salt)}$${ab64(derived('sha1', 20))}`,
    django: `pbkdf2_sha256$1000$${salt}$${derived('sha256', 32).toString('base64')}`,
    'PHC scrypt': `$scrypt$ln=14,r=8,p=1$${b64(salt)}$${b64(scrypt(PASSWORD, {}))}`,
    'better-auth': `${hex}:${scrypt(nfkc, { r: 16, by: Buffer.from(hex) }).toString('hex')}`,
    keycloak: keycloak(derived('sha512', 64), {
      hashIterations: 1_000,
      algorithm: 'pbkdf2-sha512',
      additionalParameters: {},
    }),
    'keycloak argon2': keycloak(Buffer.from(argon.split('$').at(-1) ?? '', 'base64'), {
      hashIterations: 1,
      algorithm: 'argon2',
      additionalParameters: {
        hashLength: ['32'],
        memory: [String(CHEAP.memoryCost)],
        type: ['id'],
        version: ['1.3'],
        parallelism: ['1'],
      },
    }),
  }
}

test('MF-42 hashes of other systems are understood, and say yes to their password only', async () => {
  for (const [name, text] of Object.entries(await foreign())) {
    const kept = importedHash(text) ?? ''
    assert.notEqual(kept, '', name)
    assert.equal(await verifyPassword(kept, PASSWORD), true, name)
    assert.equal(await verifyPassword(kept, `${PASSWORD} `), false, name)
    assert.equal(importedHash(kept), kept, `${name} as kept here`)
  }
})

const NOT_TAKEN = [
  '',
  'plain text password',
  '5f4dcc3b5aa765d61d8327deb882cf99',
  '$2b$31$abcdefghijklmnopqrstuuOGQcFjhGzLDJXvgfYDpGxYqA9nWWDfG',
  '$argon2id$v=19$m=99999999,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZWhhc2hzb21laGFzaHNvbWVoYXNo',
  '$pbkdf2-sha256$99999999$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g',
  '$scrypt$ln=30,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g',
  '{"secretData":"{}","credentialData":"{}"}',
  `$2b$${'x'.repeat(5_000)}`,
]

test('MF-42 what is no hash, a weak one, or one that would keep the machine busy is not taken', () => {
  for (const text of NOT_TAKEN) assert.equal(importedHash(text), undefined, text.slice(0, 60))
})

test('v5.0.0-V11.4.2 by default a hash costs what OWASP asks of argon2id, and settings cannot make it cheap', async () => {
  const { argon2_memory_kib, argon2_passes, argon2_lanes } = passwordSettings.parse({})
  const cost = {
    memoryCost: argon2_memory_kib,
    timeCost: argon2_passes,
    parallelism: argon2_lanes,
  }
  assert.deepEqual(cost, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })
  const kept = await hashPassword(PASSWORD, cost)
  assert.match(kept, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.deepEqual([isOutdated(kept, cost), isOutdated(kept, CHEAP)], [false, true])
  for (const cheap of [{ argon2_memory_kib: 7_167 }, { argon2_passes: 0 }])
    assert.equal(passwordSettings.safeParse(cheap).success, false)
})

test('MF-40 v5.0.0-V6.2.8 the whole password counts: bytes beyond 72, NUL, spaces', async () => {
  const long = 'x'.repeat(72)
  for (const [password, other] of [
    [`${long}a`, `${long}b`],
    ['before\0after', 'before'],
    [' word ', 'word'],
  ] as const) {
    const kept = await hashPassword(password, CHEAP)
    assert.equal(await verifyPassword(kept, password), true)
    assert.equal(await verifyPassword(kept, other), false)
  }
})

test('MF-35 nobody has a hash of the same cost, and no password opens it or a broken one', async () => {
  const nobody = nobodysHash(CHEAP)
  const mine = await hashPassword(PASSWORD, CHEAP)
  assert.equal(nobody.split('$').slice(0, 4).join('$'), mine.split('$').slice(0, 4).join('$'))
  assert.equal(nobody.length, mine.length)
  for (const kept of [nobody, '', '$2b$10$broken', '$argon2id$broken', '$scrypt$x', '$pbkdf2-x'])
    assert.equal(await verifyPassword(kept, PASSWORD), false)
  assert.equal(isOutdated(mine, CHEAP), false)
  assert.equal(isOutdated(mine, { ...CHEAP, timeCost: 2 }), true)
  assert.equal(isOutdated(await bcrypt(PASSWORD, 4), CHEAP), true)
})

test('MF-41 FI-39 no more hashes run than settings say, a bounded number waits, one more is a 503 with Retry-After', async () => {
  const pool = createHashPool({ threads: 2, queue: 3 })
  let running = 0
  let most = 0
  const finish: (() => void)[] = []
  const work = async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise<void>((resolve) => finish.push(resolve))
    running -= 1
    return 'done'
  }
  const five = Array.from({ length: 5 }, () => pool.run(work))
  await tick()
  await assert.rejects(pool.run(work), { code: 'auth.busy', status: 503, retryAfterSeconds: 2 })
  for (let left = 5; left > 0; left -= 1) {
    await tick()
    finish.shift()?.()
  }
  assert.deepEqual(
    await Promise.all(five),
    Array.from({ length: 5 }, () => 'done'),
  )
  assert.equal(most, 2)
  await assert.rejects(
    pool.run(() => Promise.reject(new Error('no'))),
    /no/,
  )
  const after = pool.run(async () => 'free again')
  assert.equal(await after, 'free again')
})

test('MF-41 who finds no room in the queue is told so before anything is asked of the database', async () => {
  const pool = createHashPool({ threads: 1, queue: 1 })
  const finish: (() => void)[] = []
  const wait = () => new Promise<void>((resolve) => finish.push(resolve))
  const under = [pool.admit(wait), pool.admit(wait)]
  let began = false
  const third = pool.admit(async () => {
    began = true
  })
  await assert.rejects(third, { code: 'auth.busy' })
  assert.equal(began, false)
  for (const end of finish) end()
  await Promise.all(under)
  assert.equal(await pool.admit(async () => 'room'), 'room')
})

test('MF-41 settings say how many threads and how many may wait', async () => {
  const settings = passwordSettings.parse({
    argon2_memory_kib: CHEAP.memoryCost,
    argon2_passes: 1,
    argon2_lanes: 1,
    hash_threads: 1,
    hash_queue: 1,
  })
  const passwords = createPasswords(settings)
  const three = await Promise.allSettled(Array.from({ length: 3 }, () => passwords.hash('a word')))
  assert.deepEqual(
    three.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected'],
  )
  assert.equal(await passwords.verify(null, 'a word'), false)
})

let accounts: AccountWorld
before(async () => {
  accounts = await openAccounts()
})
after(async () => {
  await accounts[Symbol.asyncDispose]()
})

test('MF-42 v5.0.0-V11.4.2 an old hash becomes argon2id at the next sign-in, once, also of two at the same time', async () => {
  const hashes = await foreign()
  for (const name of ['bcrypt', 'passlib', 'better-auth']) {
    const hash = importedHash(hashes[name] ?? '') ?? ''
    const { email, person } = await accounts.account({ hash })
    const login = { username: email, password: PASSWORD }
    const statuses = await Promise.all(
      Array.from({ length: 2 }, async (_, at) => {
        const answer = await accounts.at(`198.51.100.${at}`).post('/auth/web/login', login)
        return answer.status
      }),
    )
    assert.deepEqual(statuses, [200, 200], name)
    const [row] = await accounts.sql<{ hash: string }>(
      'select hash from plinth.credentials where person_id = $1',
      [person],
    )
    assert.match(row?.hash ?? '', /^\$argon2id\$v=19\$m=7168,t=1,p=1\$/, name)
    const [events] = await accounts.sql(
      "select count(*)::int as n from plinth.audit_events where action = 'password.rehashed' and target_id = $1",
      [person],
    )
    assert.deepEqual(events, { n: 1 }, name)
    const again = await accounts.at('198.51.100.99').post('/auth/web/login', login)
    assert.equal(again.status, 200, name)
  }
})
