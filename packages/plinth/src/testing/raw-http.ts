import { connect } from 'node:net'

/** What came back on a raw socket. */
export interface RawAnswer {
  /** Status of the first answer; 0 when the server said nothing. */
  readonly status: number
  readonly text: string
  /** Milliseconds until the server closed the socket. */
  readonly closedAfterMs: number
}

/** How raw bytes are sent. */
export interface RawOptions {
  /** Milliseconds after which the client gives up; 5,000 by default. */
  readonly patienceMs?: number
  /** Sends one byte per so many milliseconds instead of all at once. */
  readonly msPerByte?: number
  /** Ends the client's side after sending. */
  readonly end?: boolean
}

/** Sends bytes as they are to a port on loopback, and reads until the server closes. */
export function sendRaw(port: number, bytes: string, options: RawOptions = {}): Promise<RawAnswer> {
  const { patienceMs = 5_000, msPerByte = 0, end = false } = options
  const started = performance.now()
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    const finish = () => {
      clearTimeout(giveUp)
      socket.destroy()
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0)
      resolve({ status, text, closedAfterMs: performance.now() - started })
    }
    const giveUp = setTimeout(finish, patienceMs)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    socket.on('error', () => undefined).on('close', finish)
    socket.on('connect', () => {
      if (msPerByte > 0) drip(socket, bytes, msPerByte)
      else if (end) socket.end(bytes, 'latin1')
      else socket.write(bytes, 'latin1')
    })
  })
}

function drip(socket: import('node:net').Socket, bytes: string, msPerByte: number): void {
  let at = 0
  const timer = setInterval(() => {
    if (at >= bytes.length || socket.destroyed) clearInterval(timer)
    else socket.write(bytes.charAt(at++), 'latin1')
  }, msPerByte)
  socket.on('close', () => clearInterval(timer))
}
