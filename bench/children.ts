import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Who answers: written by hand on Fastify, Plinth, or written by hand on node:http. */
export type Role = 'floor' | 'plinth' | 'ceiling'

/** Header lines of a page's requests to its own service; every server is sent the same ones. */
export interface BrowserLines {
  /** Of somebody who is not signed in. */
  readonly visitor: readonly string[]
  /** Of a person who is signed in, who reads. */
  readonly session: readonly string[]
  /** Of the same person, who changes something: browsers and pages add to these requests. */
  readonly change: readonly string[]
}

/** Of a server where nobody signs in. */
export const NO_LINES: BrowserLines = { visitor: [], session: [], change: [] }

/** What a server says once it listens. */
export interface Listening extends BrowserLines {
  readonly port: number
  /** Header lines of a program with an API key; none where there are no keys. */
  readonly key: readonly string[]
  /** Header lines of a program with an access token of another issuer; none where nobody has one. */
  readonly bearer: readonly string[]
}

/** A server in a process of its own, so that it and the load do not share a thread. */
export interface Child extends Listening {
  /** Microseconds of processor time that it has used, in its own code and in the system's for it. */
  cpu(): Promise<number>
  stop(): Promise<void>
}

/** Where a server finds its data, and where it leaves a CPU profile, if anywhere. */
export interface ChildOptions {
  readonly databaseUrl: string
  readonly profileDir?: string | undefined
}

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url))

/** Starts a server and waits until it listens. */
export async function startChild(role: Role, options: ChildOptions): Promise<Child> {
  const { databaseUrl, profileDir } = options
  const profiled = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]
  const child = fork(SERVER, [role, databaseUrl], {
    execArgv: [...process.execArgv, ...profiled],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const gone = once(child, 'exit')
  const first = await Promise.race([once(child, 'message'), gone.then(() => undefined)])
  if (first === undefined) throw new Error(`the ${role} server did not start; its reason is above`)
  const listening: Listening = first[0]
  return {
    ...listening,
    cpu: async () => {
      const answer = once(child, 'message')
      child.send('cpu')
      return Number((await answer)[0])
    },
    stop: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
