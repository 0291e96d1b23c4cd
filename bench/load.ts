import { once } from 'node:events'
import { connect } from 'node:net'

/** One kind of request, sent over and over. */
export interface Shot {
  readonly port: number
  /** The request as bytes, made anew for each shot where a body must differ. */
  readonly request: () => string
}

/** How hard, and for how long. */
export interface LoadOptions {
  readonly connections: number
  readonly seconds: number
}

/** What came of it. */
export interface LoadResult {
  readonly perSecond: number
  /** Milliseconds, median and 99th percentile. */
  readonly p50: number
  readonly p99: number
  readonly errors: number
}

/** Connections that stay open between slices, so that opening them is no part of what is measured. */
export interface Load {
  /** Sends requests one after the other on each connection, for a bounded time. */
  run(seconds: number): Promise<Slice>
  close(): void
}

/** What one slice of time brought. */
export interface Slice {
  /** From the first request to the last answer. */
  readonly seconds: number
  /** Milliseconds of each answer. */
  readonly times: readonly number[]
  readonly errors: number
}

/** Opens connections to a server on loopback. */
export async function openLoad(shot: Shot, connections: number): Promise<Load> {
  const lanes = await Promise.all(Array.from({ length: connections }, () => openLane(shot)))
  return {
    async run(seconds) {
      const began = performance.now()
      const parts = await Promise.all(lanes.map((lane) => lane.run(began + seconds * 1000)))
      return {
        seconds: (performance.now() - began) / 1000,
        times: parts.flatMap(({ times }) => times),
        errors: parts.reduce((sum, { errors }) => sum + errors, 0),
      }
    },
    close: () => {
      for (const lane of lanes) lane.close()
    },
  }
}

/**
 * Keeps this process from sleeping until it is disposed of. A server that wakes a sleeping caller with
 * its answer pays for that, and the slower of two kinds of answers finds it asleep more often: callers
 * on another machine cost neither. Not for cases in which a database needs the processor.
 */
export function stayAwake(): Disposable {
  let isWanted = true
  const turn = () => {
    if (isWanted) setImmediate(turn)
  }
  turn()
  return {
    [Symbol.dispose]: () => {
      isWanted = false
    },
  }
}

/** One slice on connections of its own. */
export async function load(shot: Shot, { connections, seconds }: LoadOptions): Promise<LoadResult> {
  const opened = await openLoad(shot, connections)
  try {
    return resultOf([await opened.run(seconds)])
  } finally {
    opened.close()
  }
}

/** What several slices come to together. */
export function resultOf(slices: readonly Slice[]): LoadResult {
  const times = slices.flatMap((one) => one.times).sort((a, b) => a - b)
  return {
    perSecond: times.length / slices.reduce((sum, { seconds }) => sum + seconds, 0),
    p50: times[Math.floor(times.length * 0.5)] ?? 0,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    errors: slices.reduce((sum, { errors }) => sum + errors, 0),
  }
}

/** The first digit of a good status, at its place in `HTTP/1.1 2xx`. */
const TWO = '2'.charCodeAt(0)

interface Answers {
  readonly times: number[]
  errors: number
}

interface Lane {
  run(until: number): Promise<Answers>
  close(): void
}

async function openLane({ port, request }: Shot): Promise<Lane> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  let answers: Answers = { times: [], errors: 0 }
  let end = (): void => undefined
  let [until, started] = [0, 0]
  let pending = Buffer.alloc(0)
  const fire = () => {
    started = performance.now()
    if (started >= until) return end()
    socket.write(request())
  }
  // The server gave up on a connection: what it did not answer is an error.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    answers.errors++
    end()
  })
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    const length = answerEnd(pending)
    if (length === 0 || pending.length < length) return
    answers.times.push(performance.now() - started)
    if (pending[9] !== TWO) answers.errors++
    pending = pending.subarray(length)
    fire()
  })
  return {
    run: (limit) =>
      new Promise((resolve) => {
        answers = { times: [], errors: 0 }
        until = limit
        end = () => resolve(answers)
        if (socket.destroyed) answers.errors++
        if (socket.destroyed) end()
        else fire()
      }),
    close: () => socket.destroy(),
  }
}

/** Where the first answer in a buffer ends; 0 while its head is not complete. */
function answerEnd(buffer: Buffer): number {
  const head = buffer.indexOf('\r\n\r\n')
  if (head < 0) return 0
  const length = /content-length: (\d+)/i.exec(buffer.toString('latin1', 0, head))?.[1] ?? '0'
  return head + 4 + Number(length)
}
