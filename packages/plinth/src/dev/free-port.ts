import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below every range that a system lends to outgoing connections (Linux: from 32,768 on). */
const [FIRST, LAST] = [10_000, 32_000]
const TRIES = 50

/**
 * A TCP port of 127.0.0.1 that was free a moment ago, for a server whose address must be known first.
 * Not one that the system picks: that may be some connection's own the moment after.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(FIRST, LAST)
    if (await canListen(port)) return port
  }
  throw new Error('no port is free')
}

async function canListen(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return false
  }
  probe.close()
  await once(probe, 'close')
  return true
}
