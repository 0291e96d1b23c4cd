import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import type { Person, World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'
import { createPerson } from '../testing/person.ts'
import { roomyLimits } from '../testing/roomy-limits.ts'

const HOUR_MS = 3_600_000
const PROGRAM = new URL('./stepped-process.fixture.ts', import.meta.url)

/** A process with a wall of its own, and its address. */
interface Stepped {
  readonly url: string
  step(ms: number): Promise<void>
  readonly child: ChildProcess
}

let world: World
let processes: readonly Stepped[]
before(async () => {
  world = await startWorld({ features: [] })
  processes = await Promise.all([startProcess(0), startProcess(HOUR_MS)])
})
after(async () => {
  for (const { child } of processes ?? []) {
    child.kill()
    if (child.exitCode === null) await once(child, 'exit')
  }
  await world?.[Symbol.asyncDispose]()
})

async function startProcess(offMs: number): Promise<Stepped> {
  const { app, database } = world.service.config
  const settings = {
    'app.environment': 'test',
    'app.base_url': app.base_url,
    'app.session_signing_secret': app.session_signing_secret.reveal(),
    'app.csrf_signing_secret': app.csrf_signing_secret.reveal(),
    'database.url': String(database.url),
    'logging.file': null,
    ...roomyLimits,
  }
  const child = fork(PROGRAM, [JSON.stringify(settings), String(offMs)])
  const [url] = await once(child, 'message')
  return {
    url: String(url),
    child,
    async step(ms) {
      child.send(ms)
      await once(child, 'message')
    },
  }
}

const at = (person: Person) =>
  processes.map(({ url }) => {
    const other = createPerson({ url, origin: world.service.config.app.base_url })
    for (const [name, value] of person.cookies) other.cookies.set(name, value)
    return other
  })

test('FI-31 black box: walls an hour apart that step and step back, with the limits as they come', async () => {
  const [ana, gone] = [await world.signIn('ana'), await world.signIn('gone')]
  const kept = at(gone)
  for (const one of kept) assert.equal((await one.get('/mine')).status, 200)
  assert.equal((await kept[0]?.post('/auth/web/logout'))?.status, 200)
  for (const steps of [
    [0, HOUR_MS],
    [HOUR_MS, 0],
    [-HOUR_MS, -HOUR_MS],
    [300_000, -HOUR_MS],
    [0, 0],
  ]) {
    await Promise.all(processes.map((one, index) => one.step(steps[index] ?? 0)))
    for (const [index, one] of at(ana).entries()) {
      const { status, body } = await one.get<{ wall: number }>('/mine')
      assert.equal(status, 200)
      const off = body.wall - Date.now() - (steps[index] ?? 0)
      assert.ok(Math.abs(off) < 60_000, `the wall was not stepped: ${off}`)
    }
    await untilEnded(kept)
  }
})

/** The news of an end may be on its way for a second. */
async function untilEnded(browsers: readonly Person[]): Promise<void> {
  const patience = performance.now() + 60_000
  for (const one of browsers) {
    while ((await one.get('/mine')).status !== 401) assert.ok(performance.now() < patience)
  }
}
