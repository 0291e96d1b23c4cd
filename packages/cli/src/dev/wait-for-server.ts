import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 25
/** A server that says nothing for this long will not. */
const PATIENCE_MS = 60_000

/** Waits until the server answers `GET /health/live`; false when `ended` comes first, or nothing. */
export async function waitForServer(
  host: string,
  port: number,
  ended: Promise<unknown>,
): Promise<boolean> {
  let over = false
  const stop = () => {
    over = true
  }
  ended.then(stop, stop)
  const deadline = performance.now() + PATIENCE_MS
  while (!over && performance.now() < deadline) {
    if ((await statusOf(host, port, '/health/live')) === 200) return !over
    await sleep(POLL_MS)
  }
  return false
}

/** Status of a GET, undefined when nobody answers. One connection, closed at once: it must not hold up a drain. */
export function statusOf(host: string, port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get({ host, port, path, agent: false, timeout: 2000 }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.once('error', () => resolve(undefined))
    request.once('timeout', () => request.destroy())
  })
}

/** The host to call for an address that is listened on. */
export function hostToCall(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : host
}
