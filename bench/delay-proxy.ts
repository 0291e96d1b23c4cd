import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'

/** A TCP proxy on loopback that adds half of `roundTripMs` in each direction. */
export async function startDelayProxy(targetPort: number, roundTripMs: number) {
  const half = roundTripMs / 2
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1')
    for (const socket of [client, target]) socket.setNoDelay(true).on('error', () => undefined)
    const later = (to: typeof client) => (chunk: Buffer) => delayed(half, () => to.write(chunk))
    client.on('data', later(target)).on('close', () => delayed(half, () => target.destroy()))
    target.on('data', later(client)).on('close', () => delayed(half, () => client.destroy()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { port, stop: () => server.close() }
}

/** Timers of Node are coarse: the last stretch is waited for on the event loop. */
function delayed(ms: number, work: () => void): void {
  const due = performance.now() + ms
  const wait = () => {
    if (performance.now() >= due) work()
    else setImmediate(wait)
  }
  wait()
}
