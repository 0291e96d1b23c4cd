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

/**
 * Lets a process leave without breaking a request (FI-03). Made before routes register: from the
 * first moment on each answer asks its client to open no further request on that connection.
 */
export function createDrain(options: DrainOptions): Drain {
  const { app } = options
  let leaving: Promise<void> | undefined
  let closing = false
  const draining = () => closing || leaving !== undefined
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (draining()) reply.header('connection', 'close')
    done(null, payload)
  })
  return {
    draining,
    leave: () => {
      leaving ??= leaveOnce(options)
      return leaving
    },
  }
}

const REAP_EVERY_MS = 50

async function leaveOnce({ app, delayMs, timeoutMs }: DrainOptions): Promise<void> {
  if (delayMs > 0) await pause(delayMs)
  const { server } = app
  // An answer whose headers were sent before leaves its connection open, and Node waits for it.
  const reaper = setInterval(() => server.closeIdleConnections(), REAP_EVERY_MS)
  const late = setTimeout(() => server.closeAllConnections(), timeoutMs)
  try {
    await app.close()
  } finally {
    clearInterval(reaper)
    clearTimeout(late)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
