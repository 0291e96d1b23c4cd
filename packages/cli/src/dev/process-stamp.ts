import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** One process, and not another one that got its number later. */
export interface ProcessMark {
  readonly pid: number
  /** When it started, as the system tells it; the number alone may be somebody else's after a reboot. */
  readonly stamp: string
}

/** The mark of a running process; undefined when there is none of this number. */
export function markOf(pid: number): ProcessMark | undefined {
  const stamp = process.platform === 'linux' ? linuxStamp(pid) : portableStamp(pid)
  return stamp === undefined ? undefined : { pid, stamp }
}

/** Whether that very process still runs. */
export function isRunning(mark: ProcessMark | undefined): boolean {
  return mark !== undefined && markOf(mark.pid)?.stamp === mark.stamp
}

/** Field 22 of /proc/<pid>/stat: ticks since boot; with the boot's id it is unique (proc(5)). */
function linuxStamp(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; only its parent has not noticed.
    if (fields[0] === 'Z') return undefined
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}:${fields[19]}`
  } catch {
    return undefined
  }
}

function portableStamp(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
    if (process.platform === 'win32') return 'running'
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

/** Sends a signal to that very process; false when it is gone already. */
export function signal(mark: ProcessMark | undefined, name: NodeJS.Signals): boolean {
  if (mark === undefined || !isRunning(mark)) return false
  try {
    return process.kill(mark.pid, name)
  } catch {
    return false
  }
}
