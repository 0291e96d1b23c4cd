import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { newToken } from '../packages/plinth/src/kernel/index.ts'
import { median } from './measure.ts'
import { copyPackedService, programIn } from './service-copy.ts'

/** One number, and what it may be at most. */
export interface Figure {
  readonly name: string
  readonly title: string
  readonly value: number
  readonly unit: 's' | 'ms' | 'MB' | '×'
  readonly target: number
}

const STARTS = 5
const IDLE_MS = 2_000
const LONGEST_MS = 60_000

/**
 * Starts `node src/main.ts` of a service on the published packages a few times with a warm compile cache,
 * then lets the last one rest.
 */
export async function measureStart(databaseUrl: string): Promise<readonly Figure[]> {
  const copy = await copyPackedService()
  try {
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_COMPILE_CACHE: join(copy.folder, 'compile-cache'),
      DATABASE_URL: databaseUrl,
      SESSION_SIGNING_SECRET: newToken(),
      CSRF_SIGNING_SECRET: newToken(),
      APP_PORT: '0',
    }
    const start = () => spawn(process.execPath, ['src/main.ts'], { cwd: copy.folder, env })
    await end(await listening(start()))
    const seconds: number[] = []
    let memory = 0
    for (let round = 0; round < STARTS; round++) {
      const began = performance.now()
      const service = await listening(start())
      seconds.push((performance.now() - began) / 1_000)
      if (round === STARTS - 1) memory = await idleMegabytes(service)
      await end(service)
    }
    return [
      {
        name: 'start',
        title: '`node src/main.ts` to listening',
        value: median(seconds),
        unit: 's',
        target: 0.6,
      },
      { name: 'memory', title: 'idle memory (RSS)', value: memory, unit: 'MB', target: 130 },
    ]
  } finally {
    copy.remove()
  }
}

/**
 * Starts `plinth dev` of the published packages twice; the second start is what a person waits for
 * every morning.
 */
export async function measureDev(): Promise<readonly Figure[]> {
  const copy = await copyPackedService()
  const program = programIn(copy)
  const env = { ...process.env, NODE_OPTIONS: '' }
  const start = () => spawn(process.execPath, [program, 'dev'], { cwd: copy.folder, env })
  try {
    const first = start()
    const [, url = ''] = await said(first, /Service +(http:\/\/localhost:\d+)/)
    await end(first, 'SIGINT')
    const began = performance.now()
    const second = start()
    await answers(url)
    const value = (performance.now() - began) / 1_000
    await end(second, 'SIGINT')
    const title = '`plinth dev`, second start to first 200'
    return [{ name: 'dev', title, value, unit: 's', target: 2.5 }]
  } finally {
    copy.remove()
  }
}

async function listening(service: ChildProcess): Promise<ChildProcess> {
  await said(service, /"listening"/)
  return service
}

/** Waits until a process prints something. @throws Error when it ends before */
export async function said(child: ChildProcess, what: RegExp): Promise<RegExpExecArray> {
  let text = ''
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk
      const found = what.exec(text)
      if (found !== null) resolve(found)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', () => reject(new Error(`it ended before it said ${what}:\n${text}`)))
  })
}

async function answers(url: string): Promise<void> {
  const until = performance.now() + LONGEST_MS
  while (performance.now() < until) {
    const answer = await fetch(url, { headers: { connection: 'close' } }).catch(() => undefined)
    await answer?.text()
    if (answer?.status === 200) return
    await sleep(10)
  }
  throw new Error(`${url} did not answer within ${LONGEST_MS / 1_000} s`)
}

/** Resident memory after a rest; 0 where the system does not say. */
async function idleMegabytes({ pid }: ChildProcess): Promise<number> {
  await sleep(IDLE_MS)
  const file = `/proc/${pid}/status`
  if (!existsSync(file)) return 0
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8')) ?? []
  return Number(kilobytes) / 1_024
}

/** Ends a process, and waits until it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}
