import path from 'node:path'
import { run } from 'node:test'
import { fileURLToPath } from 'node:url'

const GROUP = fileURLToPath(new URL('./group.mjs', import.meta.url))
const LOG_OF_FAILED_TEST = new URL('./log-of-failed-test.mjs', import.meta.url).href
const MOST_OUTPUT = 20_000

/**
 * Runs test files in groups, each group in its own process, and collects one result for every test. A group that does
 * not end (an open socket, a timer) is cut at the limit and counts as failed.
 * @param {readonly string[]} files
 * @param {{ concurrency: number, filesPerProcess: number, processLimitMs: number,
 *   onFailure: (result: object) => void, onFailedGroup: (files: readonly string[], output: string) => void }} options
 */
export async function runFiles(files, options) {
  const waiting = groupsOf(files, options.filesPerProcess)
  const results = []
  const lane = async () => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      results.push(...(await runGroup(group, options)))
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, lane))
  return results
}

async function runGroup(group, { processLimitMs, onFailure, onFailedGroup }) {
  const results = []
  let output = ''
  const signal = AbortSignal.timeout(processLimitMs)
  const execArgv = ['--import', LOG_OF_FAILED_TEST]
  const env = { ...process.env, PLINTH_TEST_FILES: JSON.stringify(group) }
  for await (const { type, data } of run({ files: [GROUP], signal, execArgv, env })) {
    if (type === 'test:stdout' || type === 'test:stderr')
      output = (output + data.message).slice(-MOST_OUTPUT)
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (isRepeated(type, data, results)) continue
    const result = resultOf(type, data)
    results.push(result)
    if (result.state === 'failed') onFailure(result)
  }
  if (output !== '' && results.some(({ state }) => state === 'failed')) onFailedGroup(group, output)
  return results
}

/** Whether an event only sums up others: a suite that went through, or whatever failed because something in it did. */
function isRepeated(type, { details }, results) {
  if (type === 'test:pass') return details?.type === 'suite'
  const isSum = ['subtestsFailed', 'testCodeFailure'].includes(details?.error?.failureType)
  const isOuter = details?.type === 'suite' || details?.error?.exitCode !== undefined
  return isSum && isOuter && results.some(({ state }) => state === 'failed')
}

function groupsOf(files, size) {
  const count = Math.ceil(files.length / size)
  return Array.from({ length: count }, (_, at) => files.slice(at * size, (at + 1) * size))
}

function resultOf(type, data) {
  return {
    name: data.name,
    file: path.relative(process.cwd(), data.file ?? data.name),
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
