import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { onCrash } from './index.ts'

const telemetry = new URL('./index.ts', import.meta.url).href
const kernel = new URL('../kernel/index.ts', import.meta.url).href

/** A process with the policy, that crashes by `how` while it drains for 50 ms. */
async function crash(
  how: string,
): Promise<{ code: number | null; events: Record<string, unknown>[] }> {
  const script = `
    const { createLog, loggingSettings, onCrash } = await import(${JSON.stringify(telemetry)})
    const { systemClock } = await import(${JSON.stringify(kernel)})
    const log = createLog({ settings: loggingSettings.parse({ file: null }), clock: systemClock })
    const drain = () => new Promise((done) => setTimeout(() => { log.info({}, 'drained'); done() }, 50))
    onCrash({ process, log, drain })
    setInterval(() => {}, 1000)
    ${how}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const out: string[] = []
  child.stdout.on('data', (text) => out.push(String(text)))
  const [code] = await once(child, 'close')
  return {
    code,
    events: out
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  }
}

for (const [name, how] of [
  ['a rejection that nobody handles', `Promise.reject(new Error('boom'))`],
  ['an exception in a timer', `setTimeout(() => { throw new Error('boom') }, 1)`],
  [
    'an emitter without an error listener',
    `new (await import('node:events')).EventEmitter().emit('error', new Error('boom'))`,
  ],
] as const) {
  test(`FI-40 ${name} is logged once, the process drains and exits non-zero`, async () => {
    const { code, events } = await crash(how)
    assert.equal(code, 1)
    assert.equal(events.filter((event) => event['level'] === 'error').length, 1)
    assert.match(JSON.stringify(events[0]), /boom/)
    assert.equal(events.at(-1)?.['message'], 'drained')
  })
}

test('FI-40 a drain that hangs or fails does not keep the process', async () => {
  for (const drain of [() => new Promise<void>(() => {}), () => Promise.reject(new Error('no'))]) {
    const emitter = new EventEmitter()
    const exits: number[] = []
    const process = Object.assign(emitter, { exit: (code: number) => exits.push(code) })
    const log = { error: () => {}, flush: async () => {} }
    onCrash({ process, log, drain, limitMs: 10 })
    emitter.emit('uncaughtException', new Error('first'))
    emitter.emit('unhandledRejection', 'second')
    while (exits.length === 0) await new Promise((done) => setTimeout(done, 5))
    assert.deepEqual(exits, [1])
  }
})
