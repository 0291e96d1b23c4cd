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

/** Sends requests one after the other on each connection, to loopback, for a bounded time. */
export async function load(shot: Shot, { connections, seconds }: LoadOptions): Promise<LoadResult> {
  const until = performance.now() + seconds * 1000
  const lanes = await Promise.all(Array.from({ length: connections }, () => lane(shot, until)))
  const times = lanes.flatMap((one) => one.times).sort((a, b) => a - b)
  return {
    perSecond: times.length / seconds,
    p50: times[Math.floor(times.length * 0.5)] ?? 0,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    errors: lanes.reduce((sum, one) => sum + one.errors, 0),
  }
}

/** The first digit of a good status, at its place in `HTTP/1.1 2xx`. */
const TWO = '2'.charCodeAt(0)

interface Lane {
  readonly times: number[]
  errors: number
}

function lane(shot: Shot, until: number): Promise<Lane> {
  const result: Lane = { times: [], errors: 0 }
  return new Promise((resolve) => {
    const socket = connect(shot.port, '127.0.0.1').setNoDelay(true)
    let started = 0
    let pending = Buffer.alloc(0)
    const fire = () => {
      if (performance.now() >= until) {
        socket.destroy()
        return
      }
      started = performance.now()
      socket.write(shot.request())
    }
    socket.on('connect', fire)
    // The server gave up on a connection: what it did not answer is an error.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (performance.now() < until) result.errors++
      resolve(result)
    })
    socket.on('data', (chunk) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      const end = answerEnd(pending)
      if (end === 0 || pending.length < end) return
      result.times.push(performance.now() - started)
      if (pending[9] !== TWO) result.errors++
      pending = pending.subarray(end)
      fire()
    })
  })
}

/** Where the first answer in a buffer ends; 0 while its head is not complete. */
function answerEnd(buffer: Buffer): number {
  const head = buffer.indexOf('\r\n\r\n')
  if (head < 0) return 0
  const length = /content-length: (\d+)/i.exec(buffer.toString('latin1', 0, head))?.[1] ?? '0'
  return head + 4 + Number(length)
}
