import path from 'node:path'
import { run } from 'node:test'

const LOG_OF_FAILED_TEST = new URL('./log-of-failed-test.mjs', import.meta.url).href
const MOST_OUTPUT = 20_000

/**
 * Runs test files, each in its own process, and collects one result for every test. A file that does not end (an open
 * socket, a timer) is cut at the limit and counts as failed.
 * @param {readonly string[]} files
 * @param {{ concurrency: number, fileLimitMs: number, onFailure: (result: object) => void,
 *   onFailedFile: (file: string, output: string) => void }} options
 */
export async function runFiles(files, options) {
  const waiting = [...files]
  const results = []
  const lane = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      results.push(...(await runFile(file, options)))
    }
  }
  await Promise.all(Array.from({ length: options.concurrency }, lane))
  return results
}

async function runFile(file, { fileLimitMs, onFailure, onFailedFile }) {
  const results = []
  let output = ''
  const signal = AbortSignal.timeout(fileLimitMs)
  const execArgv = ['--import', LOG_OF_FAILED_TEST]
  for await (const { type, data } of run({ files: [file], signal, execArgv })) {
    if (type === 'test:stdout' || type === 'test:stderr')
      output = (output + data.message).slice(-MOST_OUTPUT)
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details?.type === 'suite' && type === 'test:pass') continue
    const result = resultOf(type, data)
    results.push(result)
    if (result.state === 'failed') onFailure(result)
  }
  if (output !== '' && results.some(({ state }) => state === 'failed')) onFailedFile(file, output)
  return results
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
