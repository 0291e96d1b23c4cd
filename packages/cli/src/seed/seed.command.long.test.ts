import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openTestDatabase } from 'plinth/testing'
import { environmentOn, type Outcome, runPlinth } from '../run-plinth.fixture.ts'

const db = await openTestDatabase()
const cwd = await mkdtemp(join(tmpdir(), 'plinth-cli-seed-'))
after(async () => {
  await db[Symbol.asyncDispose]()
  await rm(cwd, { recursive: true, force: true })
})
await writeFile(join(cwd, 'package.json'), '{"name":"shelf","type":"module"}')
await writeFile(join(cwd, 'config.yaml'), 'config:\n  tenancy:\n    mode: organisations\n')

function seed(args: string): Promise<Outcome> {
  const call = ['seed', ...args.split(' ').filter((word) => word !== '')]
  return runPlinth(call, { cwd, env: environmentOn(db.appUrl) })
}

test('C11 plinth seed --admin-email: says what it would do, does it, and then has nothing to do', async () => {
  const dry = await seed('--admin-email ana@example.com --admin-name Ana --dry-run')
  assert.equal(dry.code, 0, dry.err)
  assert.match(
    dry.out,
    /^tenant main would be made\nAna \([0-9a-f-]{36}\) would be made;.*\nAna .* would get the role admin in main$/,
  )
  const made = await seed('--admin-email ana@example.com --admin-name Ana')
  assert.match(made.out, /Ana \([0-9a-f-]{36}\) has got the role admin in main$/)
  const again = await seed('--admin-email ana@example.com')
  assert.match(again.out, /^Ana \(.*\) is an administrator of main already$/)
  const { person, tenant, ...rest } = JSON.parse(
    (await seed('--admin-email ana@example.com --json')).out,
  )
  assert.deepEqual(
    [person.name, person.made, tenant.slug, tenant.made],
    ['Ana', false, 'main', false],
  )
  assert.deepEqual(rest, { roles_made: 0, admin_given: false })
})

test('plinth seed says in one sentence what is missing', async () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['', 2, /Say --admin-email with an address/],
    ['--admin-email ana@example.com --admin-person-id x', 2, /Say --admin-email with an address/],
    ['--admin-email ana', 2, /"ana" is no e-mail address/],
    ['--admin-person-id nobody', 1, /There is no person nobody/],
    ['--admin-email ana@example.com --tenant No', 2, /"No" names no tenant that can be seeded/],
  ]
  for (const [args, code, sentence] of cases) {
    const told = await seed(args)
    assert.equal(told.code, code, args)
    assert.match(told.err, sentence)
  }
})
