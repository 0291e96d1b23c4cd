/** What ends a piece of work early. */
export interface Deadline {
  /** The caller's own reason to stop. */
  readonly signal: AbortSignal
  readonly seconds: number
}

/**
 * Runs `work` with a signal that aborts at the deadline or with the caller's. Then it rejects at
 * once, also when the work does not listen.
 */
export async function withDeadline<T>(
  { signal, seconds }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const timer = setTimeout(
    () => late.abort(new Error(`It took longer than its limit of ${seconds} s.`)),
    seconds * 1000,
  )
  const either = AbortSignal.any([signal, late.signal])
  try {
    return await Promise.race([work(either), rejection(either)])
  } finally {
    clearTimeout(timer)
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
