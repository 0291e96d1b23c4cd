// A program: `node process-guard.ts <program> <argument>…`. Started by launchGuarded().
// It ends the program when its own parent is gone, however that went: nothing else would.
import { spawn } from 'node:child_process'

const GRACE_MS = 10_000

const [program = '', ...args] = process.argv.slice(2)
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })

child.once('spawn', () => process.send?.({ pid: child.pid }))
child.once('error', (error) => {
  process.send?.({ fault: error.message })
  process.exitCode = 1
  process.disconnect?.()
})
child.once('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1))

let ending = false
function end(): void {
  if (ending) return
  ending = true
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref()
}
process.once('disconnect', end)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end)
