import type { FastifyInstance } from 'fastify'

/** What leaving takes. */
export interface DrainOptions {
  readonly app: FastifyInstance
  /** Milliseconds between failing readiness and closing the socket. */
  readonly delayMs: number
  /** Milliseconds that requests in flight get. */
  readonly timeoutMs: number
}

/** How a process leaves. */
export interface Drain {
  /** True from the first call of `leave` on, or from when the server was closed by its owner. */
  readonly draining: () => boolean
  /** Readiness fails, the socket closes, requests finish, what lies behind closes. Idempotent. */
  leave(): Promise<void>
}

/** Lets a process leave without breaking a request (FI-03). */
export function createDrain(options: DrainOptions): Drain {
  let leaving: Promise<void> | undefined
  let closing = false
  options.app.addHook('preClose', async () => {
    closing = true
  })
  return {
    draining: () => closing || leaving !== undefined,
    leave: () => {
      leaving ??= leaveOnce(options)
      return leaving
    },
  }
}

async function leaveOnce({ app, delayMs, timeoutMs }: DrainOptions): Promise<void> {
  if (delayMs > 0) await pause(delayMs)
  const late = setTimeout(() => app.server.closeAllConnections(), timeoutMs)
  try {
    await app.close()
  } finally {
    clearTimeout(late)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
