import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GuardedProcess } from './launch-guarded.ts'

const POLL_MS = 100
/** Twenty seconds are usual; a small machine that does other work besides may take minutes. */
const PATIENCE_MS = 480_000
const LAST_LINES = 5

/**
 * Waits until a realm can be discovered.
 * @throws Error with the last lines of the log when Keycloak ends, or says nothing for eight minutes
 */
export async function waitForKeycloak(
  issuer: string,
  { ended }: GuardedProcess,
  logFile: string,
): Promise<void> {
  let over = false
  void ended.then(() => {
    over = true
  })
  const deadline = performance.now() + PATIENCE_MS
  while (!over && performance.now() < deadline) {
    if (await answers(`${issuer}/.well-known/openid-configuration`)) return
    await sleep(POLL_MS)
  }
  const why = over ? 'ended instead of starting' : 'does not answer'
  throw new Error(`Keycloak ${why}; see ${logFile}, which ends:\n${lastLines(logFile)}`)
}

function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    async (answer) => {
      await answer.body?.cancel()
      return answer.ok
    },
    () => false,
  )
}

function lastLines(file: string): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.slice(-LAST_LINES).join('\n')
}
