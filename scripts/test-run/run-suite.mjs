import { availableParallelism } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { discover } from './discover.mjs'
import {
  printClosing,
  printCosts,
  printFailure,
  printOutput,
  printSkips,
  printSlowest,
} from './print.mjs'
import { collectCoverage, record, recordCosts } from './record.mjs'
import { runFiles } from './run-files.mjs'
import { missingServices, startServices } from './services.mjs'

const { values: options } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    'no-skips': { type: 'boolean', default: false },
    coverage: { type: 'boolean', default: false },
    times: { type: 'boolean', default: false },
    // One more than there are processors: each waits for the database now and then.
    concurrency: { type: 'string', default: String(availableParallelism() + 1) },
  },
})

const FILES_PER_PROCESS = 110

const suite = options.long ? 'long' : 'test'
const files = await discover({ long: options.long, only: options.only })
if (files.length === 0 && options.only.length > 0) {
  console.error(`No test file matches ${options.only.join(', ')}.`)
  process.exit(1)
}
for (const missing of await missingServices()) console.log(`! ${missing}`)

// Every process loads the same modules: compiled once, they cost a second less.
process.env.NODE_COMPILE_CACHE ??= path.resolve('node_modules/.cache/compiled')

const services = await startServices()
// Who stops the run stops its processes, and what those have started.
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort())
if (options.coverage) await collectCoverage(suite)
const { results, costs } = await runFiles(files, {
  concurrency: Number(options.concurrency),
  // Loading the service's modules costs more than most files' tests; the long ones start processes of their own.
  filesPerProcess: options.long ? 1 : FILES_PER_PROCESS,
  // The longest takes five minutes on two processors; a machine of CI may have a third of them.
  fileLimitMs: options.long ? 1_800_000 : 300_000,
  signal: stopping.signal,
  onFailure: printFailure,
  onFailedFile: printOutput,
}).finally(() => services.stop())

if (options.only.length === 0) {
  await record(suite, results)
  await recordCosts(suite, costs)
}
if (options.times) printCosts(costs)
printSkips(results)
printSlowest(results)
const refusedSkips = options['no-skips'] && results.some((result) => result.state === 'skipped')
if (refusedSkips) console.error('\nNothing may be skipped in this run (--no-skips).')
process.exitCode = printClosing(results) > 0 || refusedSkips ? 1 : 0
