import path from 'node:path'
import { run } from 'node:test'

const FILE_LIMIT_MS = 300_000

/**
 * Runs test files, each in its own process, and collects one result for every test.
 * @param {readonly string[]} files
 * @param {{ concurrency: number, onFailure: (result: object) => void }} options
 */
export async function runFiles(files, { concurrency, onFailure }) {
  const results = []
  const events = run({ files: [...files], concurrency, timeout: FILE_LIMIT_MS })
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    if (data.details?.type === 'suite' && type === 'test:pass') continue
    const result = resultOf(type, data)
    results.push(result)
    if (result.state === 'failed') onFailure(result)
  }
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
