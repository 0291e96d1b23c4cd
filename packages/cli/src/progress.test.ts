import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { asJson } from './json-lines.ts'
import { withProgress } from './progress.ts'

/** Waits for work that takes six seconds of a clock that does not wait, and returns what was written. */
async function written(
  output: { isTTY?: boolean },
  { argv = [], always = false }: { argv?: readonly string[]; always?: boolean } = {},
): Promise<string> {
  mock.timers.enable({ apis: ['setInterval'] })
  const before = process.argv
  process.argv = [...before, ...argv]
  let text = ''
  const done = Promise.withResolvers<string>()
  const target = { ...output, write: (line: string) => (text += line) }
  const waited = withProgress('Attacking the service', done.promise, { output: target, always })
  for (let second = 0; second < 6; second += 1) mock.timers.tick(1_000)
  done.resolve('report')
  assert.equal(await waited, 'report')
  process.argv = before
  mock.timers.reset()
  return text
}

test('progress is written to a terminal after a second, and now and then', async () => {
  const lines = (await written({ isTTY: true })).trim().split('\n')
  assert.equal(lines.length, 3)
  assert.match(lines[0] ?? '', /Attacking the service …/)
  assert.match(lines[2] ?? '', /Attacking the service: \d+\.\d s/)
})

test('progress is silent where nobody watches, and with --json', async () => {
  assert.equal(await written({}), '')
  assert.equal(await written({ isTTY: true }, { argv: ['--json'] }), '')
})

test('what may take minutes says so where nobody watches, plainly and seldom', async () => {
  const lines = (await written({}, { always: true })).trim().split('\n')
  assert.deepEqual(lines.length, 2)
  assert.equal(lines[0], 'Attacking the service …')
  assert.match(lines[1] ?? '', /^Attacking the service: \d+\.\d s$/)
  assert.equal(await written({}, { always: true, argv: ['--json'] }), '')
})

test('a command that speaks to people only speaks JSON when it is asked to', async (context) => {
  const { write } = process.stdout
  let text = ''
  context.after(() => {
    process.stdout.write = write
  })
  process.stdout.write = (chunk) => {
    text += String(chunk)
    return true
  }
  await asJson(async () => {
    process.stdout.write('applied  0001_product\n\n')
    process.stdout.write('service is at 1\n')
  })
  process.stdout.write = write
  assert.deepEqual(JSON.parse(text), { lines: ['applied  0001_product', 'service is at 1'] })
})
