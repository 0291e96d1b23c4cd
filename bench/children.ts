import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Who answers: written by hand on Fastify, Plinth, or written by hand on node:http. */
export type Role = 'floor' | 'plinth' | 'ceiling'

/** What a server says once it listens. */
export interface Listening {
  readonly port: number
  /** Header lines of a person who is signed in; none where nobody signs in. */
  readonly session: readonly string[]
  /** Header lines of a program with an API key; none where there are no keys. */
  readonly key: readonly string[]
  /** Header lines of a program with an access token of another issuer; none where nobody has one. */
  readonly bearer: readonly string[]
}

/** A server in a process of its own, so that it and the load do not share a thread. */
export interface Child extends Listening {
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
    stop: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
