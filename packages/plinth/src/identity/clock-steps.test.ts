import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { signedIn } from '../access/index.ts'
import { feature, route } from '../feature/index.ts'
import { createServiceClock, systemClock } from '../kernel/index.ts'
import type { Person, TestClock, World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'
import { createPerson } from '../testing/person.ts'
import type { SecondProcess } from '../testing/second-process.ts'
import { startSecondProcess } from '../testing/second-process.ts'
import { newTotpSecret, totpStep } from './mfa/totp.ts'

const HOUR_MS = 3_600_000
const shop = feature('shop', {
  routes: [route('GET /mine', { access: signedIn(), tenant: 'none', handle: () => undefined })],
})

/** The clock that a service makes for itself, on a machine whose wall is set by hand. */
interface Machine extends TestClock {
  /** Sets the clock of the database forwards or back, as this process sees it. */
  stepDatabase(ms: number): void
}

function openMachine(wallOffMs: number): Machine {
  let [wallMs, databaseMs] = [wallOffMs, 0]
  const machine = { ...systemClock, now: () => Date.now() + wallMs }
  const clock = createServiceClock({ machine })
  return {
    ...clock,
    hear: (reading) => clock.hear?.({ ...reading, showsMs: reading.showsMs + databaseMs }),
    advance: (ms) => {
      wallMs += ms
    },
    stepDatabase: (ms) => {
      databaseMs += ms
    },
  }
}

let world: World
let second: SecondProcess
const machines = [openMachine(0), openMachine(-HOUR_MS)] as const
before(async () => {
  // Limits as they are unless somebody sets them; the second machine is an hour off from the start.
  world = await startWorld({ features: [shop], clock: machines[0] })
  second = await startSecondProcess(world, [], {}, { features: [shop], clock: machines[1] })
})
after(async () => {
  await second[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

/** The same browser at the other process. */
function atSecond(person: Person): Person {
  const other = createPerson({ url: second.url, origin: world.service.config.app.base_url })
  for (const [name, value] of person.cookies) other.cookies.set(name, value)
  return other
}

const standing = async (person: Person) => [
  (await person.get('/mine')).status,
  (await atSecond(person).get('/mine')).status,
]

/** The news of an end may be on its way to the other process for a second. */
async function ended(person: Person): Promise<void> {
  const patience = performance.now() + 10_000
  while ((await standing(person)).includes(204)) assert.ok(performance.now() < patience)
}

const STEPS: readonly [string, (hours: number) => void][] = [
  ['a step of the wall of one machine', (hours) => machines[1].advance(hours * HOUR_MS)],
  [
    'a step of the walls of all machines',
    (hours) => machines.map((one) => one.advance(hours * HOUR_MS)),
  ],
  ['a step of the database', (hours) => machines.map((one) => one.stepDatabase(hours * HOUR_MS))],
]
for (const [whose, step] of STEPS) {
  for (const hours of [1, -1, 5 / 60]) {
    test(`FI-31 SB-31 ${whose}: ${Math.round(hours * 60)} minutes and back: nobody is signed out, nothing ended comes back`, async () => {
      const [ana, gone] = [await world.signIn('ana'), await world.signIn('gone')]
      assert.deepEqual(await standing(ana), [204, 204])
      const kept = atSecond(gone)
      assert.equal((await gone.post('/auth/web/logout')).status, 200)
      for (const there of [hours, -hours]) {
        step(there)
        assert.deepEqual(await standing(ana), [204, 204])
        const [ben, left] = [await world.signIn('ben'), await world.signIn('left')]
        assert.deepEqual([await standing(ben), await standing(left)].flat(), [204, 204, 204, 204])
        assert.equal((await atSecond(left).post('/auth/web/logout')).status, 200)
        await ended(left)
        assert.equal((await kept.get('/mine')).status, 401)
      }
      const refreshed = atSecond(ana)
      assert.equal((await refreshed.post('/auth/web/refresh')).status, 200)
      assert.deepEqual(await standing(refreshed), [204, 204])
    })
  }
}

test('FI-31 a limit that is over is over on every machine, wherever the walls stand', async () => {
  const [late, fresh] = [await world.signIn('late'), await world.signIn('fresh')]
  const { rows } = await world.database.platform.query<{ id: string }>(
    `select s.id from plinth.sessions s join plinth.people p on p.id = s.person_id
      where p.name = 'late'`,
  )
  await world.database.platform.query(
    "update plinth.sessions set expires_at = clock_timestamp() - interval '1 second' where id = $1",
    [rows[0]?.id],
  )
  for (const machine of machines) machine.advance(-HOUR_MS)
  assert.deepEqual([await standing(late), await standing(fresh)].flat(), [401, 401, 204, 204])
  for (const machine of machines) machine.advance(HOUR_MS)
})

test('FI-31 NTP steps a machine while a code of an authenticator app is typed: the code of the phone counts, once', () => {
  const secret = newTotpSecret()
  // The phone goes right, and so does the database.
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate()
  for (const machine of machines) {
    const before = totpStep(secret, code, machine.now())
    for (const minutes of [5, -10, 5]) {
      machine.advance((minutes * HOUR_MS) / 60)
      assert.ok(before !== undefined && before === totpStep(secret, code, machine.now()))
    }
  }
})
