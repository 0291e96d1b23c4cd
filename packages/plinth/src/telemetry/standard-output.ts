import { constants, fstatSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'
import { LineWriter, type LineWriterOptions } from './line-writer.ts'

const STDOUT = 1

let writer: LineWriter | undefined

/** The writer of standard output: one for the process, so that lines keep their order. */
export function standardOutput(): LineWriter {
  writer ??= new LineWriter(howToWrite())
  return writer
}

/**
 * A pipe that nobody reads would block its writer for ever, and a blocked thread also keeps the
 * process from exiting. Opened anew it has flags of its own, so non-blocking stays our affair.
 */
function howToWrite(): LineWriterOptions {
  if (!isPipe()) return { fd: STDOUT, nonBlocking: isatty(STDOUT) }
  try {
    const fd = openSync(`/proc/self/fd/${STDOUT}`, constants.O_WRONLY | constants.O_NONBLOCK)
    return { fd, nonBlocking: true }
  } catch {
    // Not Linux, another user's pipe, or no reader any more.
    return { fd: STDOUT, nonBlocking: false }
  }
}

function isPipe(): boolean {
  try {
    return fstatSync(STDOUT).isFIFO()
  } catch {
    return false
  }
}
