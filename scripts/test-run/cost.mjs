import { readFileSync } from 'node:fs'

const MS_PER_TICK = 10

/** Starts to measure; the returned function gives the milliseconds on the wall and of the processor, children that have ended included. */
export function startMeasuring() {
  const [wall, cpu] = [performance.now(), cpuMs()]
  return () => ({
    wallMs: Math.round(performance.now() - wall),
    cpuMs: Math.round(cpuMs() - cpu),
  })
}

function cpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000 + ofChildren()
}

/** Linux only (proc(5), stat: cutime and cstime, in hundredths of a second); elsewhere children count as nothing. */
function ofChildren() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(13, 15)
    return (Number(user) + Number(system)) * MS_PER_TICK
  } catch {
    return 0
  }
}
