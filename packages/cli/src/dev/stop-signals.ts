/** Waits for Ctrl-C or a request to end; a second one means: now. */
export function stopRequested(now: () => void): Promise<'stop'> {
  let asked = false
  return new Promise((resolve) => {
    const ask = () => {
      if (asked) now()
      asked = true
      resolve('stop')
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  })
}
