import assert from 'node:assert/strict'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '../kernel/index.ts'
import { openTestDatabase } from '../testing/database.ts'
import { databaseSettings, openDatabase, parseDatabaseUrl } from './index.ts'
import { tlsOptions } from './pool/connection-config.ts'

test('the defaults of contract 3.2', () => {
  const { pool_size, max_overflow, pool_timeout, pool_recycle } = databaseSettings.parse({})
  assert.deepEqual([pool_size, max_overflow, pool_timeout, pool_recycle], [20, 10, 30, 1_800])
})

test('C25 the spellings of SQLAlchemy mean the same, and what is no database URL is refused', () => {
  const expected = parseDatabaseUrl('postgresql://app:p%40ss@db.example:6432/app_db')
  for (const scheme of [
    'postgres',
    'postgresql+asyncpg',
    'postgresql+psycopg',
    'postgresql+psycopg2',
  ]) {
    assert.deepEqual(parseDatabaseUrl(`${scheme}://app:p%40ss@db.example:6432/app_db`), expected)
  }
  assert.deepEqual(
    [expected.host, expected.database, expected.user, expected.client.password],
    ['db.example', 'app_db', 'app', 'p@ss'],
  )
  for (const wrong of [
    'sqlite:///./database.db',
    'mysql://app:hush@db/x',
    'postgresql://db/x',
    'postgresql://app:hush@db',
    'postgresql://app:hush@db/x?sslmode=prefer',
    'postgresql://app:hush@db/x?options=-crow_security%3Doff',
    'hush',
  ]) {
    const refused = databaseSettings.safeParse({ url: wrong })
    assert.equal(refused.success, false, wrong)
    assert.doesNotMatch(refused.error?.message ?? '', /hush/)
  }
})

test('TLS: off on loopback only, full verification elsewhere, sslmode and the setting as they say', () => {
  const auto = databaseSettings.parse({}).tls
  const local = parseDatabaseUrl('postgresql://a@127.0.0.1/x')
  const remote = parseDatabaseUrl('postgresql://a@db.example/x')
  assert.equal(tlsOptions(auto, local), false)
  assert.deepEqual(tlsOptions(auto, remote), { rejectUnauthorized: true })
  const off = parseDatabaseUrl('postgresql://a@db.example/x?sslmode=disable')
  assert.equal(tlsOptions(auto, off), false)
  assert.deepEqual(tlsOptions({ mode: 'require' }, local), { rejectUnauthorized: false })
  assert.deepEqual(Object.keys(tlsOptions({ mode: 'verify-ca' }, remote)), [
    'rejectUnauthorized',
    'checkServerIdentity',
  ])
})

test('FI-15 a password file is read for each connection, so that a rotated password needs no restart', async () => {
  await using db = await openTestDatabase()
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plinth-password-'))
  const file = join(folder.path, 'password')
  const url = new URL(db.appUrl)
  await writeFile(file, 'wrong\n')
  const password = url.password
  url.password = ''
  const database = openDatabase({
    settings: databaseSettings.parse({ url: url.href, password_file: file }),
    clock: systemClock,
    log: { info() {}, warn() {}, error() {} },
  })
  try {
    await assert.rejects(database.ping(), { code: 'data.unavailable' })
    await writeFile(file, `${decodeURIComponent(password)}\n`)
    await new Promise((resolve) => setTimeout(resolve, 150))
    await database.ping()
  } finally {
    await database.close()
  }
})

test('values arrive as the JSON that will be sent', async () => {
  await using db = await openTestDatabase()
  const { rows } = await db.database.platform.query(
    `select timestamptz '2026-01-02 03:04:05.6+02' as a, timestamptz '2026-01-02 03:04:05+00' as b,
            date '2026-01-02' as c, 9007199254740993::bigint as d, 1.10::numeric as e, 1.5::float8 as f,
            '{"x":1}'::jsonb as g, array['p','q'] as h, true as i, null as j,
            timestamptz 'infinity' as k, timestamptz '12026-01-02 00:00:00+00' as l`,
  )
  assert.deepEqual(rows[0], {
    a: '2026-01-02T01:04:05.600Z',
    b: '2026-01-02T03:04:05.000Z',
    c: '2026-01-02',
    d: '9007199254740993',
    e: '1.10',
    f: 1.5,
    g: { x: 1 },
    h: ['p', 'q'],
    i: true,
    j: null,
    k: 'infinity',
    l: '+012026-01-02T00:00:00.000Z',
  })
})
