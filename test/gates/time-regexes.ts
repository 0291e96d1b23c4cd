// Runs in a thread of its own: an expression that never ends would take the test along.
import { parentPort } from 'node:worker_threads'
import { hostileTexts } from './hostile-text.ts'
import type { RegexLiteral } from './source/mask.ts'

const RUNS = 3
const QUICK_MS = 10

parentPort?.on('message', ({ source, flags }: RegexLiteral) => {
  const times = hostileTexts(source).map((text) => bestOf(RUNS, new RegExp(source, flags), text))
  parentPort?.postMessage(Math.max(...times))
})

/** The best of a few runs, in time of the processor: what else the machine does is not counted. */
function bestOf(runs: number, regex: RegExp, text: string): number {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs && best > QUICK_MS; run += 1) {
    const started = process.threadCpuUsage()
    regex.lastIndex = 0
    text.replace(regex, '')
    const { user, system } = process.threadCpuUsage(started)
    best = Math.min(best, (user + system) / 1_000)
  }
  return best
}
