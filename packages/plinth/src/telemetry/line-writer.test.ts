import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { LineWriter } from './line-writer.ts'
import { RotatingFile } from './rotating-file.ts'

const telemetry = new URL('./index.ts', import.meta.url).href
const kernel = new URL('../kernel/index.ts', import.meta.url).href
let folder = ''
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-log-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

/**
 * A process that logs `lines` times 1 kB, watches its own event loop, and reports on stderr.
 * @param toEnd what it does before it goes; a moment later by default, with lines on their way
 */
function logger(
  lines: number,
  stdout: number | 'pipe',
  toEnd = 'await new Promise((done) => setTimeout(done, 100))',
): ChildProcess {
  const script = `
    const { createLog, loggingSettings } = await import(${JSON.stringify(telemetry)})
    const { systemClock } = await import(${JSON.stringify(kernel)})
    const log = createLog({ settings: loggingSettings.parse({ file: null }), clock: systemClock })
    let slowest = 0
    let last = performance.now()
    const timer = setInterval(() => { slowest = Math.max(slowest, performance.now() - last); last = performance.now() }, 5)
    for (let at = 0; at < ${lines}; at += 1) {
      log.info({ at, text: 'x'.repeat(1000) })
      if (at % 200 === 0) await new Promise(setImmediate)
    }
    ${toEnd}
    clearInterval(timer)
    console.error(JSON.stringify({ slowest, dropped: log.dropped() }))
    process.exit(0)`
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', stdout, 'pipe'],
  })
}

async function report(child: ChildProcess): Promise<{ slowest: number; dropped: number }> {
  const said: string[] = []
  child.stderr?.on('data', (text) => said.push(String(text)))
  const [code] = await once(child, 'close')
  assert.equal(code, 0, said.join(''))
  return JSON.parse(said.join(''))
}

test('every line arrives, in order, also when the process exits at once', async () => {
  const child = logger(2_000, 'pipe')
  const out: string[] = []
  child.stdout?.on('data', (text) => out.push(String(text)))
  assert.equal((await report(child)).dropped, 0)
  const events = out
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).at)
  assert.deepEqual(
    events,
    Array.from({ length: 2_000 }, (_, at) => at),
  )
})

test('FI-41 the reader goes away after the first line: no crash, the rest is counted', async () => {
  const child = logger(2_000, 'pipe', 'await log.flush(15_000)')
  child.stdout?.once('data', () => child.stdout?.destroy())
  const { dropped } = await report(child)
  assert.ok(dropped > 100, `${dropped} dropped`)
})

test('FI-41 nobody reads the pipe: the loop runs, memory is bounded, the process can exit', async () => {
  const fifo = join(folder, 'unread')
  execFileSync('mkfifo', [fifo])
  // Open for reading and writing: the writer's open succeeds, and nobody ever reads.
  const fd = openSync(fifo, 'r+')
  const { slowest, dropped } = await report(logger(8_000, fd))
  closeSync(fd)
  assert.ok(dropped > 1_000, `${dropped} dropped`)
  // A write that waited for a reader would wait for ever.
  assert.ok(slowest < 5_000, `event loop stood for ${slowest} ms`)
})

test('FI-33 a full disk is counted and does not crash', async () => {
  const writer = new LineWriter({ fd: openSync('/dev/full', 'a'), nonBlocking: true })
  for (let at = 0; at < 6_000; at += 1) writer.write('x'.repeat(1_000))
  assert.equal(await writer.flush(20), false)
  assert.ok(writer.dropped > 1_000, `${writer.dropped} dropped`)
})

test('a file is set aside at its size, backup_count of them are kept, no line is lost', async () => {
  const path = join(folder, 'deep', 'app.log')
  const file = new RotatingFile({ path, maxBytes: 1_000, backups: 2 })
  for (let at = 10; at < 60; at += 1) file.write(`${at}${'x'.repeat(97)}\n`)
  assert.equal(await file.flush(15_000), true)
  file.end()
  assert.deepEqual(readdirSync(join(folder, 'deep')).sort(), ['app.log', 'app.log.1', 'app.log.2'])
  const kept = ['app.log.2', 'app.log.1', 'app.log'].map((name) =>
    readFileSync(join(folder, 'deep', name), 'utf8'),
  )
  assert.ok(kept.every((text) => text.length <= 1_000))
  const numbers = kept
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => Number(line.slice(0, 2)))
  assert.deepEqual(
    numbers,
    Array.from({ length: 30 }, (_, at) => at + 30),
  )
})

test('a file that is there already is appended to', async () => {
  const path = join(folder, 'again.log')
  for (const line of ['one\n', 'two\n']) {
    const file = new RotatingFile({ path, maxBytes: 1_000, backups: 1 })
    file.write(line)
    await file.flush(15_000)
    file.end()
  }
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n')
})
