import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { newId, Secret } from '../../kernel/index.ts'
import type { TestDatabase } from '../../testing/database.ts'
import { openTestDatabase } from '../../testing/database.ts'
import type { TestClock } from '../../testing/index.ts'
import { createTestClock } from '../../testing/test-clock.ts'
import { putCredential } from './credentials.repository.ts'
import type { Decoys } from './decoys.ts'
import { createDecoys } from './decoys.ts'
import { importedHash } from './imported-hash.ts'
import { argon2, bcrypt } from './native-hashes.ts'
import { passwordSettings } from './password.settings.ts'
import { hashCost, hashPassword } from './password-hash.ts'
import { createPasswords } from './passwords.ts'
import { verifyPbkdf2 } from './pbkdf2-hash.ts'
import { verifyScrypt } from './scrypt-hash.ts'

const settings = passwordSettings.parse({ argon2_memory_kib: 7_168, argon2_passes: 1 })
const passwords = createPasswords(settings)
const PASSWORD = 'a boat at night'
const secret = new Secret('secret-of-the-decoys-0123456789abcdef')
const log = { warn: () => undefined }

let db: TestDatabase
let hashes: Readonly<Record<string, string>>
before(async () => {
  db = await openTestDatabase()
  const base64 = (size: number) => Buffer.alloc(size, 7).toString('base64').replaceAll('=', '')
  hashes = {
    own: await hashPassword(PASSWORD, hashCost(settings)),
    dearer: await hashPassword(PASSWORD, { ...hashCost(settings), memoryCost: 8_192 }),
    bcrypt: await bcrypt().hash(PASSWORD, 4),
    pbkdf2: `$pbkdf2-sha512$1000$${base64(16)}$${base64(64)}`,
    scrypt: `$scrypt$ln=10,r=8,p=1$${base64(16)}$${base64(32)}`,
  }
  for (const hash of Object.values(hashes)) assert.equal(importedHash(hash), hash)
})
after(() => db[Symbol.asyncDispose]())

async function keep(kinds: Readonly<Record<string, number>>): Promise<void> {
  await db.database.platform.transaction(async (tx) => {
    await tx.query('delete from plinth.credentials')
    for (const [kind, accounts] of Object.entries(kinds)) {
      for (let one = 0; one < accounts; one += 1) {
        const person = newId<'person'>()
        await tx.query("insert into plinth.people (id, name) values ($1, 'x')", [person])
        const now = new Date().toISOString()
        await putCredential(tx, { person, hash: hashes[kind] ?? '', now })
      }
    }
  })
}

const open = (clock: TestClock = createTestClock()): Decoys =>
  createDecoys({ platform: db.database.platform, clock, secret, passwords, log })

/** What a hash costs: all of it but the salt and the output, and how long they are. */
const costOf = (hash: string) =>
  hash.startsWith('$2')
    ? hash.slice(0, 7)
    : hash
        .split('$')
        .map((part, index, all) => (index < all.length - 2 ? part : part.length))
        .join('$')

test('MF-35 names that nobody has cost what the accounts do: each always the same, in the same shares', async () => {
  await keep({ own: 4, dearer: 2, bcrypt: 4, pbkdf2: 4, scrypt: 2 })
  const [decoys, again] = [open(), open()]
  const counted = new Map<string, number>()
  for (let one = 0; one < 800; one += 1) {
    const decoy = await decoys.for(`name ${one}`)
    const cost = decoy === null ? 'own' : costOf(decoy)
    const other = await again.for(`name ${one}`)
    assert.equal(other === null ? 'own' : costOf(other), cost, 'in every process')
    counted.set(cost, (counted.get(cost) ?? 0) + 1)
  }
  const shares = [
    ['own', 'own', 200],
    ['dearer', costOf(hashes['dearer'] ?? ''), 100],
    ['bcrypt', costOf(hashes['bcrypt'] ?? ''), 200],
    ['pbkdf2', costOf(hashes['pbkdf2'] ?? ''), 200],
    ['scrypt', costOf(hashes['scrypt'] ?? ''), 100],
  ] as const
  for (const [kind, cost, expected] of shares) {
    const share = counted.get(cost) ?? 0
    assert.ok(Math.abs(share - expected) < 70, `${kind}: ${share} of ${expected}`)
  }
  assert.equal(counted.size, shares.length)
})

test('MF-35 a decoy is computed to its end, and is nobody’s', async () => {
  const decoy = (kind: string) => open().like(hashes[kind] ?? '')
  for (const kind of Object.keys(hashes)) {
    const made = decoy(kind)
    assert.notEqual(made, hashes[kind])
    assert.equal(costOf(made), costOf(hashes[kind] ?? ''))
    assert.equal(importedHash(made), made, 'it can be read')
  }
  // Not through `verifyPassword`, which answers no at once to what cannot be read.
  assert.equal(await argon2().verify(decoy('dearer'), PASSWORD), false)
  assert.equal(await bcrypt().verify(PASSWORD, decoy('bcrypt')), false)
  assert.equal(await verifyPbkdf2(decoy('pbkdf2'), PASSWORD), false)
  assert.equal(await verifyScrypt(decoy('scrypt'), PASSWORD), false)
})

test('MF-35 without imported hashes nothing is different; an import is noticed within a minute, without anybody waiting', async () => {
  await keep({ own: 3 })
  const clock = createTestClock()
  const decoys = open(clock)
  const all = async () => {
    const found: (string | null)[] = []
    for (let one = 0; one < 40; one += 1) found.push(await decoys.for(`name ${one}`))
    return found
  }
  assert.ok((await all()).every((decoy) => decoy === null))
  await keep({ bcrypt: 3 })
  assert.ok(
    (await all()).every((decoy) => decoy === null),
    'not read by every sign-in',
  )
  clock.advance(60_000)
  const patience = performance.now() + 10_000
  while ((await all()).some((decoy) => decoy === null)) {
    assert.ok(performance.now() < patience, 'the new kinds were not read')
    await setTimeout(5)
  }
})
