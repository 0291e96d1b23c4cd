import assert from 'node:assert/strict'
import { pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import type { Database } from '../../data/index.ts'
import { databaseSettings, openDatabase } from '../../data/index.ts'
import { systemClock } from '../../kernel/index.ts'
import type { PeopleWorld } from '../people/people.fixture.ts'
import { startPeople } from '../people/people.fixture.ts'
import { exportPeople } from './export-people.ts'
import type { ImportedRow, ImportOptions } from './import-people.ts'
import { importPeople } from './import-people.ts'
import type { ImportSource } from './imported-person.ts'
import { readPeople } from './read-people.ts'

const PASSWORD = 'a tram full of oranges'

function betterAuthHash(): string {
  const salt = randomBytes(16).toString('hex')
  const cost = { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 }
  return `${salt}:${scryptSync(PASSWORD, salt, 64, cost).toString('hex')}`
}

function keycloakCredential() {
  const salt = randomBytes(16)
  const value = pbkdf2Sync(PASSWORD, salt, 27_500, 64, 'sha256').toString('base64')
  return {
    type: 'password',
    secretData: JSON.stringify({ value, salt: salt.toString('base64') }),
    credentialData: JSON.stringify({ hashIterations: 27_500, algorithm: 'pbkdf2-sha256' }),
  }
}

suite('people of other systems', () => {
  let people: PeopleWorld
  let owner: Database
  before(async () => {
    people = await startPeople()
    await people.world.signIn('ana', { tenant: 'acme' })
    owner = openDatabase({
      settings: databaseSettings.parse({ url: people.world.testDatabase.ownerUrl, pool_size: 1 }),
      clock: systemClock,
      log: { info() {}, warn() {}, error() {} },
    })
  })
  after(async () => {
    await owner.close()
    await people[Symbol.asyncDispose]()
  })

  const run = async (source: ImportSource, text: string, more: Partial<ImportOptions> = {}) => {
    const rows: ImportedRow[] = []
    const options = { source, clock: systemClock, ...more }
    for await (const row of importPeople(owner.platform, readPeople(source, text), options)) {
      rows.push(row)
    }
    return rows
  }
  const outcomes = (rows: readonly ImportedRow[]) =>
    rows.map(({ outcome, reason, notes }) => [outcome, reason, ...notes].filter(Boolean).join(' '))
  const signsIn = async (username: string) => {
    const answer = await people.world
      .visitor()
      .post('/auth/web/login', { username, password: PASSWORD, return_to: '/' })
    return answer.status
  }
  const count = async () =>
    (await people.sql<{ count: number }>('select count(*)::int as count from plinth.people'))[0]

  test('better-auth: people with passwords and accounts; a dry run writes nothing, a second run changes nothing', async () => {
    const text = JSON.stringify({
      user: [
        { id: 'u1', name: 'Ben Berg', email: 'ben@old.test', emailVerified: true },
        { id: 'u2', name: 'Cy', email: 'cy@old.test', emailVerified: 1 },
        { id: 'u3', name: 'Dan', email: 'no address', emailVerified: false },
        { id: 'u4', name: 'Ana', email: 'ANA@example.com', emailVerified: true },
        { id: 'u5', name: 'Eve', email: 'eve@old.test', emailVerified: true },
      ],
      account: [
        { userId: 'u1', providerId: 'credential', accountId: 'u1', password: betterAuthHash() },
        { userId: 'u2', providerId: 'google', accountId: '1234' },
        { userId: 'u2', providerId: 'github', accountId: '77' },
        { userId: 'u5', providerId: 'credential', accountId: 'u5', password: 'md5:abc' },
      ],
    })
    const expected = [
      'created',
      'created issuer_unknown',
      'refused email_invalid',
      'refused email_taken',
      'created hash_unknown',
    ]
    const before = await count()
    assert.deepEqual(outcomes(await run('better-auth', text, { dryRun: true })), expected)
    assert.deepEqual(await count(), before)
    assert.deepEqual(outcomes(await run('better-auth', text, { tenant: 'acme' })), expected)
    assert.equal(await signsIn('ben@old.test'), 200)
    const again = await run('better-auth', text, { tenant: 'acme' })
    assert.deepEqual(outcomes(again).slice(0, 2), ['unchanged', 'unchanged issuer_unknown'])
    const more = await run('better-auth', text, { issuers: { github: 'https://github.test' } })
    assert.deepEqual(outcomes(more).slice(0, 2), ['unchanged', 'updated'])
    const members = await people.sql(
      "select 1 from plinth.memberships m join plinth.people p on p.id = m.person_id where p.email like '%@old.test'",
    )
    assert.equal(members.length, 3)
    await assert.rejects(run('better-auth', text, { tenant: 'nowhere' }), /no tenant "nowhere"/)
  })

  test('Keycloak: a realm with PBKDF2 hashes, user names, disabled people and accounts; service accounts stay', async () => {
    const text = JSON.stringify({
      realm: 'old',
      users: [
        {
          id: 'a1',
          username: 'fay',
          email: 'fay@realm.test',
          emailVerified: true,
          firstName: 'Fay',
          lastName: 'Fox',
          enabled: true,
          credentials: [keycloakCredential()],
          federatedIdentities: [{ identityProvider: 'google', userId: '99' }],
        },
        { id: 'a2', username: 'gil', email: 'gil@realm.test', enabled: false, credentials: [] },
        { id: 'a3', username: 'service-account-x', enabled: true, serviceAccountClientId: 'x' },
        {
          id: 'a4',
          username: 'hal',
          email: 'hal@realm.test',
          credentials: [keycloakCredential()],
          requiredActions: ['UPDATE_PASSWORD'],
        },
      ],
    })
    const rows = await run('keycloak', text, { issuers: { self: 'https://kc.test/realms/old' } })
    assert.deepEqual(outcomes(rows), [
      'created',
      'created email_unverified',
      'created email_unverified',
    ])
    assert.equal(await signsIn('fay@realm.test'), 200)
    assert.equal(await signsIn('fay'), 200)
    assert.equal(await signsIn('hal@realm.test'), 428)
    const [gil] = await people.sql(
      "select status from plinth.people where email = 'gil@realm.test'",
    )
    assert.deepEqual(gil, { status: 'disabled' })
    const accounts = await people.sql(
      `select i.issuer, i.subject from plinth.identities i join plinth.people p on p.id = i.person_id
        where p.email = 'fay@realm.test' order by 1`,
    )
    assert.deepEqual(accounts, [
      { issuer: 'https://accounts.google.com', subject: '99' },
      { issuer: 'https://kc.test/realms/old', subject: 'a1' },
    ])
  })

  test('CSV: rows are found by their id or address, and one without either, or a second one, is refused', async () => {
    const text = `email,first_name,last_name,email_verified,password_hash
ida@csv.test,"Ida, Dr.",Iron,yes,${betterAuthHash()}
,No,Address,no,
ida@csv.test,Ida,Two,no,
`
    const rows = await run('csv', text)
    assert.deepEqual(outcomes(rows), ['created', 'refused no_id', 'refused twice'])
    assert.deepEqual(
      rows.map(({ row }) => row),
      [2, 3, 4],
    )
    assert.equal(await signsIn('ida@csv.test'), 200)
  })

  test('CSV: a row that is shifted, or has a status that nobody knows, makes nobody; a dry run says all that an import says', async () => {
    const hash = betterAuthHash()
    const text = `id,email,email_verified,username,first_name,last_name,status,password_hash
1,jo@bad.test,yes,jo,Jo,One,suspended,${hash}
2,ka@bad.test,yes,ka,Ka, Dr.,Two,active,${hash}
3,li@bad.test,yes,li,Li
4,mo@bad.test,yes,mo,Mo,Four,disabled,${hash}
5,MO@bad.test,yes,other,Mo,Five,,${hash}
6,no@bad.test,yes,Mo,No,Six,,${hash}
4,oz@bad.test,yes,oz,Oz,Seven,active,${hash}
7,pi@bad.test,yes,,Pi,Eight,ACTIVE,
`
    const expected = [
      'refused status_unknown',
      'refused fields_differ',
      'refused fields_differ',
      'created',
      'refused email_taken',
      'refused username_taken',
      'refused twice',
      'created',
    ]
    assert.deepEqual(outcomes(await run('csv', text, { dryRun: true })), expected)
    assert.deepEqual(outcomes(await run('csv', text)), expected)
    const made = await people.sql(
      "select email, status from plinth.people where email like '%@bad.test' order by email",
    )
    assert.deepEqual(made, [
      { email: 'mo@bad.test', status: 'disabled' },
      { email: 'pi@bad.test', status: 'active' },
    ])
    assert.equal(await signsIn('mo@bad.test'), 401)
  })

  test('two rows with one account at a provider: a dry run says so too', async () => {
    const user = (id: string) => ({ id, name: id, email: `${id}@twin.test`, emailVerified: true })
    const account = (userId: string) => ({ userId, providerId: 'google', accountId: 'one' })
    const unknown = (userId: string) => ({ ...account(userId), providerId: 'nowhere' })
    const text = JSON.stringify({
      user: [user('t1'), user('t2'), user('t3'), user('t4')],
      account: [account('t1'), account('t2'), unknown('t3'), unknown('t4')],
    })
    const expected = [
      'created',
      'refused account_taken',
      'created issuer_unknown',
      'created issuer_unknown',
    ]
    assert.deepEqual(outcomes(await run('better-auth', text, { dryRun: true })), expected)
    assert.deepEqual(outcomes(await run('better-auth', text)), expected)
  })

  test('leaving: the export holds every person with accounts and hashes, and another service imports it', async () => {
    const lines: string[] = []
    for await (const one of exportPeople(owner.platform, { hashes: true })) {
      lines.push(JSON.stringify(one))
    }
    const fay = lines
      .map((line) => JSON.parse(line))
      .find(({ email }) => email === 'fay@realm.test')
    assert.equal(fay.username, 'fay')
    assert.equal(fay.accounts.length, 2)
    // The hash that a sign-in made anew is argon2id, which every system reads.
    assert.match(fay.password_hash, /^\$argon2id\$/)
    await using there = await startPeople()
    const elsewhere = openDatabase({
      settings: databaseSettings.parse({ url: there.world.testDatabase.ownerUrl, pool_size: 1 }),
      clock: systemClock,
      log: { info() {}, warn() {}, error() {} },
    })
    const read = readPeople('plinth', lines.join('\n'))
    const rows: ImportedRow[] = []
    const options = { source: 'plinth', clock: systemClock } as const
    for await (const row of importPeople(elsewhere.platform, read, options)) rows.push(row)
    await elsewhere.close()
    assert.deepEqual([...new Set(rows.map(({ outcome }) => outcome))], ['created'])
    const signedIn = await there.world
      .visitor()
      .post('/auth/web/login', { username: 'fay', password: PASSWORD, return_to: '/' })
    assert.equal(signedIn.status, 200)
    for await (const one of exportPeople(owner.platform, { hashes: false })) {
      assert.equal(one.password_hash, null)
    }
  })
})
