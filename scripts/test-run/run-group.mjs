import path from 'node:path'
import { run } from 'node:test'
import { fileURLToPath } from 'node:url'

const GROUP = fileURLToPath(new URL('./group.mjs', import.meta.url))
const BEFORE_ALL = ['./frozen-prototypes.mjs', './log-of-failed-test.mjs'].flatMap((name) => [
  '--import',
  new URL(name, import.meta.url).href,
])
const MOST_OUTPUT = 20_000

/**
 * Runs one process of test files; returns a result for each test.
 * @param {{ folder: string, taker: string, filesPerProcess: number, fileLimitMs: number, signal: AbortSignal,
 *   onFailure: (result: object) => void, onFailedFile: (file: string, output: string) => void }} options
 */
export async function runGroup({ onFailure, onFailedFile, ...options }) {
  const results = []
  let output = ''
  let failed = false
  for await (const { type, data } of startGroup(options)) {
    if (type === 'test:stdout' || type === 'test:stderr')
      output = (output + data.message).slice(-MOST_OUTPUT)
    if ((type !== 'test:pass' && type !== 'test:fail') || isProcess(data)) continue
    if (!isSum(type, data)) {
      const result = resultOf(type, data)
      results.push(result)
      if (result.state === 'failed') onFailure(result)
      failed ||= result.state === 'failed'
    }
    if (data.nesting > 0) continue
    if (failed && output !== '') onFailedFile(data.name, output)
    output = ''
    failed = false
  }
  return results
}

function startGroup({ folder, taker, filesPerProcess, fileLimitMs, signal }) {
  const group = { folder, taker, most: filesPerProcess, limitMs: fileLimitMs }
  return run({
    files: [GROUP],
    // The process watches its files itself; this limit is for one that is too busy to look at its clock.
    signal: AbortSignal.any([signal, AbortSignal.timeout(filesPerProcess * fileLimitMs)]),
    execArgv: BEFORE_ALL,
    env: { ...process.env, PLINTH_TEST_GROUP: JSON.stringify(group) },
  })
}

/** Whether an event is about the process, whose files speak for themselves. */
function isProcess({ name, nesting, details }) {
  return nesting === 0 && details?.type !== 'suite' && path.resolve(name) === GROUP
}

/** Whether an event only sums up others: a suite that went through, or failed because something in it did. */
function isSum(type, { details }) {
  if (details?.type !== 'suite') return false
  return type === 'test:pass' || details.error?.failureType === 'subtestsFailed'
}

function resultOf(type, data) {
  // The suite around a file has the file's path for a name, and lies in the file that runs it.
  const file = data.file === GROUP ? data.name : (data.file ?? data.name)
  return {
    name: data.name,
    file: path.relative(process.cwd(), path.resolve(file)),
    state: stateOf(type, data),
    why: typeof data.skip === 'string' ? data.skip : undefined,
    milliseconds: Math.round(data.details?.duration_ms ?? 0),
    error: data.details?.error,
  }
}

function stateOf(type, data) {
  if (data.skip !== undefined || data.todo !== undefined) return 'skipped'
  return type === 'test:pass' ? 'passed' : 'failed'
}
