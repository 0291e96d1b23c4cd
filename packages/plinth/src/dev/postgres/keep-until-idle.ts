import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Leaves a small process behind that removes the server when nobody needs it any more. A test run
 * has many processes; none of them knows that it is the last.
 */
export function keepUntilIdle(home: string, seconds: number | undefined): void {
  if (seconds === undefined) return
  const type = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const keeper = fileURLToPath(new URL(`./idle-keeper.${type}`, import.meta.url))
  spawn(process.execPath, [keeper, home, String(seconds)], {
    detached: true,
    stdio: 'ignore',
  }).unref()
}
