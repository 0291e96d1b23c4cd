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
  /** Its exit code and signal, once everything that it wrote is read. */
  readonly ended: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>
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
    stream.setEncoding('utf8').on('data', (text: string) => {
      heard += text
    })
  let over = false
  // Not its exit: what it wrote last may be read after that.
  const ended = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('close', (code, signal) => {
      over = true
      resolve([code, signal])
    })
  })
  return {
    child,
    ended,
    text: () => heard,
    async said(what) {
      for (let polls = 0; polls < MOST_POLLS; polls++) {
        const last = over
        const found = what.exec(heard)
        if (found !== null) return found
        if (last) break
        await sleep(POLL_MS)
      }
      return assert.fail(`${what} was not said, but: ${heard}`)
    },
  }
}
