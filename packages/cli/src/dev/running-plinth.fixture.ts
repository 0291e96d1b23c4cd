import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROGRAM } from './small-service.fixture.ts'

const POLL_MS = 25
// A first Keycloak on a busy machine takes minutes.
const MOST_POLLS = 20_000

/** A `plinth` that goes on running. */
export interface RunningPlinth {
  readonly child: ChildProcess
  /** Everything that it wrote. */
  text(): string
  /** Waits until it wrote this; fails when it ended before. */
  said(what: RegExp): Promise<RegExpExecArray>
}

/** Starts `plinth` in a folder. */
export function startPlinth(cwd: string, ...args: readonly string[]): RunningPlinth {
  const env = { ...process.env, NO_COLOR: '1' }
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env })
  let heard = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      heard += String(data)
    })
  return {
    child,
    text: () => heard,
    async said(what) {
      for (let polls = 0; polls < MOST_POLLS; polls++) {
        const ended = child.exitCode !== null
        const found = what.exec(heard)
        if (found !== null) return found
        if (ended) break
        await sleep(POLL_MS)
      }
      return assert.fail(`${what} was not said, but: ${heard}`)
    },
  }
}
