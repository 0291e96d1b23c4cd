import { closeSync, openSync, readSync, statSync } from 'node:fs'

const TAIL_BYTES = 256 * 1024

/** The last lines of a file; none when it is not there. */
export function lastLines(file: string, count: number): readonly string[] {
  const size = sizeOf(file)
  const text = read(file, Math.max(0, size - TAIL_BYTES), size)
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return count === 0 ? [] : lines.slice(-count)
}

/** Reads what was added to a file since the last call; a file that shrank is read from its start. */
export function follower(file: string): () => readonly string[] {
  let position = sizeOf(file)
  let rest = ''
  return () => {
    const size = sizeOf(file)
    if (size < position) [position, rest] = [0, '']
    const lines = (rest + read(file, position, size)).split('\n')
    position = size
    rest = lines.pop() ?? ''
    return lines
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function read(file: string, from: number, to: number): string {
  if (to <= from) return ''
  const buffer = Buffer.alloc(to - from)
  const descriptor = openSync(file, 'r')
  try {
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, from))
  } finally {
    closeSync(descriptor)
  }
}
