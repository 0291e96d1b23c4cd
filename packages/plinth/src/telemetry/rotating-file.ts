import { fstatSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { type LineSink, LineWriter } from './line-writer.ts'

/** A log file that makes room for itself. */
export interface RotatingFileOptions {
  readonly path: string
  /** Size in bytes at which the file is set aside as `path.1`. */
  readonly maxBytes: number
  /** Files set aside that are kept: `path.1` is the newest. */
  readonly backups: number
}

/**
 * Appends lines to a file and rotates it by size. One process writes to one file.
 * @throws the file system's error when the file cannot be opened at first
 */
export class RotatingFile implements LineSink {
  readonly #options: RotatingFileOptions
  #writer: LineWriter
  #bytes: number
  #droppedBefore = 0

  constructor(options: RotatingFileOptions) {
    this.#options = options
    mkdirSync(dirname(options.path), { recursive: true })
    const fd = openForAppend(options.path)
    this.#bytes = fstatSync(fd).size
    this.#writer = new LineWriter({ fd, nonBlocking: false })
  }

  get dropped(): number {
    return this.#droppedBefore + this.#writer.dropped
  }

  write(line: string): void {
    this.#bytes += Buffer.byteLength(line)
    if (this.#bytes > this.#options.maxBytes) this.#rotate(Buffer.byteLength(line))
    this.#writer.write(line)
  }

  flush(limitMs: number): Promise<boolean> {
    return this.#writer.flush(limitMs)
  }

  /** Writes what is left and closes the file. */
  end(): void {
    this.#writer.end()
  }

  #rotate(firstBytes: number): void {
    // Counted from here even when it fails, so that a read-only folder is not asked at every line.
    this.#bytes = firstBytes
    try {
      setAside(this.#options)
      const fd = openForAppend(this.#options.path)
      this.#droppedBefore += this.#writer.dropped
      this.#writer.end()
      this.#writer = new LineWriter({ fd, nonBlocking: false })
    } catch {
      // The old descriptor is still good: the file grows past its size rather than losing lines.
    }
  }
}

function openForAppend(path: string): number {
  return openSync(path, 'a', 0o640)
}

function setAside({ path, backups }: RotatingFileOptions): void {
  if (backups === 0) {
    rmSync(path, { force: true })
    return
  }
  for (let age = backups - 1; age >= 1; age -= 1)
    renameIfThere(`${path}.${age}`, `${path}.${age + 1}`)
  renameIfThere(path, `${path}.1`)
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
