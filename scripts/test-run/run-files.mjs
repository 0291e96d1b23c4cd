import { randomUUID } from 'node:crypto'
import { clear, layOut, taken } from './queue.mjs'
import { runGroup } from './run-group.mjs'

/**
 * Runs test files in processes side by side, each of which takes the next file when it is done with one, and collects
 * one result for every test and what each file cost. A file that does not end within its limit counts as failed.
 * @param {readonly string[]} files in the order in which they begin
 * @param {{ concurrency: number, filesPerProcess: number, fileLimitMs: number, signal: AbortSignal,
 *   onFailure: (result: object) => void, onFailedFile: (file: string, output: string) => void }} options
 */
export async function runFiles(files, options) {
  const folder = await layOut(files)
  const results = []
  const lane = async () => {
    for (let left = true; left && !options.signal.aborted; ) {
      const taker = randomUUID()
      results.push(...(await runGroup({ ...options, folder, taker })))
      const entries = await taken(folder)
      const mine = entries.filter((entry) => entry.taker === taker)
      results.push(...cutFiles(mine, options))
      left = entries.length < files.length
      // Else the next process would do no better, and this would never end.
      if (left && mine.length === 0)
        throw new Error('A process for tests ended before it took one.')
    }
  }
  try {
    await Promise.all(Array.from({ length: options.concurrency }, lane))
    return { results, costs: await taken(folder) }
  } finally {
    await clear(folder)
  }
}

/** A file that its process could not end is a failure of its own, whatever its tests had reported until then. */
function cutFiles(entries, { onFailure }) {
  return entries
    .filter(({ wallMs, complaint }) => wallMs === undefined || complaint !== undefined)
    .map(({ file, complaint = 'its process was killed or ended by itself' }) => {
      const result = { name: file, file, state: 'failed', milliseconds: 0, error: complaint }
      onFailure(result)
      return result
    })
}
