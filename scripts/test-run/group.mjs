// A process that runs test files one after the other, as many as it is told to: modules that they share are loaded once.
// Each file is a suite of its own, so that its hooks run for its tests only and what it opened is closed before the next
// begins. A file that does not end, or leaves something open, is named, and the process goes.
import path from 'node:path'
import { after, describe } from 'node:test'
import { pathToFileURL } from 'node:url'
import { startMeasuring } from './cost.mjs'
import { put, take } from './queue.mjs'

// Coverage is of this process: what it starts need not write down what it ran, and may use the compile cache.
for (const name of ['NODE_V8_COVERAGE', 'NODE_DISABLE_COMPILE_CACHE']) delete process.env[name]

const PATIENCE_MS = 15_000
const { folder, taker, most, limitMs } = JSON.parse(process.env.PLINTH_TEST_GROUP ?? '{}')
const leftServers = []
let last

for (let left = most; left > 0; left -= 1) {
  const next = await take(folder, taker)
  if (next === undefined) break
  const before = servers()
  last = await runFile(next)
  if (servers() > before) leftServers.push(next.file)
}
setTimeout(() => {
  const open = process.getActiveResourcesInfo().filter((what) => what !== 'Timeout')
  const by = leftServers.length > 0 ? `; a server was left open by ${leftServers.join(', ')}` : ''
  leave(
    last,
    `the process stays open ${PATIENCE_MS} ms after its last test: ${open.join(', ')}${by}`,
  )
}, PATIENCE_MS).unref()

/** Ends when the suite has: an outer suite's `after` runs whatever became of the inner one. */
function runFile({ file, at }) {
  const cost = startMeasuring()
  const mine = { at, file, taker }
  const limit = setTimeout(() => leave(mine, `has not ended after ${limitMs} ms`), limitMs)
  return new Promise((ended) => {
    describe(file, () => {
      after(() => {
        clearTimeout(limit)
        const ran = { ...mine, ...cost() }
        put(folder, ran)
        ended(ran)
      })
      describe(file, async () => {
        await import(pathToFileURL(path.resolve(file)).href)
      })
    })
  })
}

function servers() {
  return process.getActiveResourcesInfo().filter((what) => what === 'TCPServerWrap').length
}

function leave(entry, complaint) {
  put(folder, { ...entry, complaint })
  process.exit(1)
}
