import { constants, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
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
  /** A pipe or a device has no size, and is nobody's to set aside. */
  readonly #isFile: boolean
  #droppedBefore = 0

  constructor(options: RotatingFileOptions) {
    this.#options = options
    makeFolder(dirname(resolve(options.path)))
    const fd = openForAppend(options.path)
    const found = fstatSync(fd)
    this.#bytes = found.size
    this.#isFile = found.isFile()
    this.#writer = new LineWriter({ fd, nonBlocking: !this.#isFile })
  }

  get dropped(): number {
    return this.#droppedBefore + this.#writer.dropped
  }

  write(line: string): void {
    this.#bytes += Buffer.byteLength(line)
    if (this.#isFile && this.#bytes > this.#options.maxBytes) this.#rotate(Buffer.byteLength(line))
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

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants

/** Never waits: a pipe that nobody reads is an error, and not the end of a start. */
function openForAppend(path: string): number {
  return openSync(path, O_APPEND | O_CREAT | O_WRONLY | (O_NONBLOCK ?? 0), 0o640)
}

/** One level after the other: below /proc Node's own `recursive` tries for ever. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  const above = dirname(folder)
  if (above !== folder) makeFolder(above)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process of the service may have been quicker.
    if (!existsSync(folder)) throw error
  }
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
