/** What is done when the end is asked for. */
export interface Asked {
  /** The first time: says that it was heard, for what is under way may take its time to end. */
  readonly first?: () => void
  /** Again, which means: now. */
  readonly again: () => void
}

/** Waits for Ctrl-C or a request to end. */
export function stopRequested({ first, again }: Asked): Promise<'stop'> {
  let asked = false
  return new Promise((resolve) => {
    const ask = () => {
      if (asked) again()
      else first?.()
      asked = true
      resolve('stop')
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask)
  })
}
