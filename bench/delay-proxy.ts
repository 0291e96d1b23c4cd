import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'

/** A TCP proxy on loopback that adds half of `roundTripMs` in each direction. */
export async function startDelayProxy(targetPort: number, roundTripMs: number) {
  const half = roundTripMs / 2
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1')
    for (const socket of [client, target]) socket.setNoDelay(true).on('error', () => undefined)
    const [toTarget, toClient] = [delayLine(half), delayLine(half)]
    client.on('data', (chunk) => toTarget(() => target.write(chunk)))
    client.on('close', () => toTarget(() => target.destroy()))
    target.on('data', (chunk) => toClient(() => client.write(chunk)))
    target.on('close', () => toClient(() => client.destroy()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { port, stop: () => server.close() }
}

/**
 * Does each work `ms` after it was handed in, in the order in which it was: two chunks that come at
 * one moment must not overtake each other. Timers of Node are coarse: the event loop is asked.
 */
function delayLine(ms: number): (work: () => void) => void {
  const waiting: { due: number; work: () => void }[] = []
  const look = () => {
    while (waiting[0] !== undefined && performance.now() >= waiting[0].due) waiting.shift()?.work()
    if (waiting.length > 0) setImmediate(look)
  }
  return (work) => {
    waiting.push({ due: performance.now() + ms, work })
    if (waiting.length === 1) setImmediate(look)
  }
}
