import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { CliError } from '../cli-error.ts'
import type { Question, Replies } from './questions.ts'

/** How long a service may take to answer before it is given up. */
const PATIENCE_MS = 300_000
const LONGEST_COMPLAINT = 2_000

/** What a child process sends: the answer, or the sentence that says why there is none. */
export type Said = { readonly answer: unknown } | { readonly failed: string }

/**
 * Asks something of the service here in a process of its own, so that neither its modules nor its
 * log meet the command line.
 * @throws CliError with the sentence of the child, or the last of what it wrote
 */
export async function askService<K extends keyof Replies>(
  question: Question<K>,
): Promise<Replies[K]> {
  const child = fork(fileURLToPath(new URL(`./answer-question.${OWN_FORM}`, import.meta.url)), [], {
    cwd: question.service,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  const limit = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  let complaint = ''
  child.stderr?.on('data', (text) => {
    complaint = `${complaint}${text}`.slice(-LONGEST_COMPLAINT)
  })
  try {
    const said = await new Promise<Said>((resolve, reject) => {
      child.once('message', (message) => resolve(message as Said))
      child.once('error', reject)
      child.once('close', () => resolve({ failed: lastLine(complaint) }))
      child.send(question)
    })
    if ('failed' in said) throw new CliError(said.failed)
    return said.answer as Replies[K]
  } finally {
    clearTimeout(limit)
    child.disconnect?.()
    if (child.exitCode === null) child.kill('SIGTERM')
  }
}

/** A module beside this one ends as this one does: `.ts` in the repository, `.js` in the package. */
const OWN_FORM = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

function lastLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  const error = lines.find((line) => /^\w*Error\b/.test(line))
  const last = error ?? lines.findLast((line) => line !== '')
  return last === undefined ? 'The service ended before it answered.' : `The service ended: ${last}`
}
