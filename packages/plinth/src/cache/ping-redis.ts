import { connect as connectPlain } from 'node:net'
import { connect as connectTls } from 'node:tls'

const TIMEOUT_MS = 1_500

/**
 * Asks a Redis server whether it answers: AUTH when the URL has a password, then PING.
 * @param address `redis://` or `rediss://` URL
 * @throws Error when there is no PONG within 1.5 s
 */
export function pingRedis(address: string): Promise<void> {
  const url = new URL(address)
  const port = Number(url.port || 6379)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const socket =
      url.protocol === 'rediss:' ? connectTls({ host, port }) : connectPlain({ host, port })
    socket.setTimeout(TIMEOUT_MS)
    let text = ''
    const finish = (error?: Error) => {
      socket.destroy()
      if (error === undefined) resolve()
      else reject(error)
    }
    socket.on('timeout', () => finish(new Error('Redis did not answer')))
    socket.on('error', finish)
    socket.on('close', () => finish(new Error('Redis closed the connection')))
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (text.includes('+PONG\r\n')) finish()
      else if (/^-(?!ERR Client sent AUTH)/m.test(text)) finish(new Error('Redis refused'))
    })
    socket.write(commands(url))
  })
}

function commands(url: URL): string {
  if (url.password === '') return encode(['PING'])
  const user = url.username === '' ? [] : [decodeURIComponent(url.username)]
  return encode(['AUTH', ...user, decodeURIComponent(url.password)]) + encode(['PING'])
}

function encode(parts: readonly string[]): string {
  const words = parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`)
  return `*${parts.length}\r\n${words.join('')}`
}
