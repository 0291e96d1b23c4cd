import { spawn } from 'node:child_process'
import { PROGRAM } from './dev/small-service.fixture.ts'

/** What is typed when a question is there. */
export type Answer = readonly [question: RegExp, typed: string]

/** What came of it: the questions that were seen, all that was shown, and the exit code. */
export interface Shown {
  readonly seen: readonly string[]
  readonly shown: string
  readonly code: number | null
}

/** A question that never comes must end, and show what was there instead. */
const PATIENCE_MS = 180_000

/** Runs `plinth` on a pseudo-terminal, and types each answer when its question is there. */
export function onTerminal(
  cwd: string,
  args: readonly string[],
  answers: readonly Answer[],
): Promise<Shown> {
  const command = ['stty rows 40 cols 120;', process.execPath, PROGRAM, ...args].join(' ')
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd })
  return new Promise((resolve, reject) => {
    const seen: string[] = []
    let [shown, from] = ['', 0]
    child.once('error', reject)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text
      const [question, answer] = answers[seen.length] ?? []
      const found = question?.exec(shown.slice(from))
      if (question === undefined || answer === undefined || found == null) return
      from = shown.length
      seen.push(found[0])
      child.stdin.write(answer)
    })
    const limit = setTimeout(() => child.kill(), PATIENCE_MS)
    child.once('close', (code) => {
      clearTimeout(limit)
      resolve({ seen, shown, code })
    })
  })
}
