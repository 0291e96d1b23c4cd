import { type RunningMailbox, startMailbox } from '../dev/index.ts'

/** A mailbox of one test, on ports of its own; gone when the test's block ends. */
export async function openTestMailbox(): Promise<RunningMailbox & AsyncDisposable> {
  const silent = { info: () => {}, warn: () => {}, error: () => {} }
  const mailbox = await startMailbox({ log: silent })
  return { ...mailbox, [Symbol.asyncDispose]: () => mailbox.stop() }
}
