import { readdirSync, readFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

/** What libuv calls the threads of its pool, which hashes run on. */
const POOL = 'libuv-worker\n'
const TASKS = '/proc/self/task'

/** A third of the processor time of its equals, where there is too little for all. */
const STEPS_BEHIND = 5

/**
 * Lets the threads that hash stand behind everything else of this process: on a machine whose processors
 * are all busy a burst of sign-ins then takes what requests leave (security.md FI-39). On Linux, where
 * each thread has a priority of its own; elsewhere, and where it is not allowed, nothing changes.
 */
export function standBehindRequests(): void {
  try {
    const behind = Math.min(getPriority() + STEPS_BEHIND, constants.priority.PRIORITY_LOW)
    for (const thread of readdirSync(TASKS)) {
      if (readFileSync(`${TASKS}/${thread}/comm`, 'utf8') === POOL)
        setPriority(Number(thread), behind)
    }
  } catch {
    // Hashes are as right at any priority.
  }
}
