import { closeSync, write, writeSync } from 'node:fs'

/** Where lines go. It never throws and never blocks: what it cannot take, it drops and counts. */
export interface LineSink {
  write(line: string): void
  /** Resolves once everything has left the process, or after `limitMs`; then tells whether it has. */
  flush(limitMs: number): Promise<boolean>
  /** Lines that were lost. */
  readonly dropped: number
}

/** How a descriptor is written to. */
export interface LineWriterOptions {
  readonly fd: number
  /** True when a write to the descriptor cannot block: it then happens at once, in this thread. */
  readonly nonBlocking: boolean
}

/** Bytes that may wait for a reader before lines are dropped. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024
const RETRY_AFTER_MS = 50

/** Writes lines to a file descriptor, in order, whatever happens at its other end (FI-41, FI-33). */
export class LineWriter implements LineSink {
  readonly #fd: number
  readonly #nonBlocking: boolean
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #chunk: Buffer | undefined
  #inFlight = false
  #gone = false
  #ending = false
  #dropped = 0
  #idle: (() => void)[] = []

  constructor({ fd, nonBlocking }: LineWriterOptions) {
    this.#fd = fd
    this.#nonBlocking = nonBlocking
    process.on('exit', this.#finish)
  }

  get dropped(): number {
    return this.#dropped
  }

  write(line: string): void {
    const bytes = Buffer.from(line)
    if (this.#gone || this.#waitingBytes + bytes.length > MOST_WAITING_BYTES) {
      this.#dropped += 1
      return
    }
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    if (this.#chunk === undefined) this.#next()
  }

  flush(limitMs: number): Promise<boolean> {
    if (this.#chunk === undefined) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limitMs)
      this.#idle.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }

  /** Writes what is left, then closes the descriptor. */
  end(): void {
    this.#ending = true
    if (this.#chunk === undefined) this.#close()
  }

  #next(): void {
    if (this.#waiting.length === 0) {
      this.#chunk = undefined
      for (const tell of this.#idle.splice(0)) tell()
      if (this.#ending) this.#close()
      return
    }
    this.#chunk = this.#waiting.length === 1 ? this.#waiting[0] : Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    this.#send()
  }

  #send(): void {
    const chunk = this.#chunk
    if (chunk === undefined) return
    if (this.#nonBlocking) {
      try {
        this.#sent(chunk, writeSync(this.#fd, chunk))
      } catch (error) {
        this.#failed(error)
      }
      return
    }
    this.#inFlight = true
    write(this.#fd, chunk, 0, chunk.length, null, (error, count) => {
      this.#inFlight = false
      if (error === null) this.#sent(chunk, count)
      else this.#failed(error)
    })
  }

  #sent(chunk: Buffer, count: number): void {
    if (count < chunk.length) {
      this.#chunk = chunk.subarray(count)
      this.#send()
    } else {
      this.#next()
    }
  }

  #failed(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EPIPE' && code !== 'EBADF') {
      // A full pipe or disk may have room again later. Unreferenced: a log keeps no process alive.
      setTimeout(() => this.#send(), RETRY_AFTER_MS).unref()
      return
    }
    this.#gone = true
    this.#dropped += 1 + this.#waiting.length
    this.#waiting = []
    this.#next()
  }

  /** At exit there is no event loop: what can be written without waiting is written now. */
  readonly #finish = (): void => {
    const rest = this.#chunk === undefined || this.#inFlight ? [] : [this.#chunk]
    try {
      for (const bytes of [...rest, ...this.#waiting]) writeSync(this.#fd, bytes)
    } catch {
      this.#dropped += 1
    }
  }

  #close(): void {
    process.off('exit', this.#finish)
    closeSync(this.#fd)
  }
}
