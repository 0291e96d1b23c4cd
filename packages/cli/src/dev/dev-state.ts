import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessMark } from './process-stamp.ts'
import type { ProviderChoice } from './provider-choice.ts'

/** The identity provider of a development environment. */
export interface ProviderState {
  readonly kind: ProviderChoice
  readonly issuer: string
  readonly port: number
  /** A process of its own, where it has one. */
  readonly process?: ProcessMark
  /** How it calls this machine; `localhost` when absent. */
  readonly hostName?: string
}

/** The services of a development environment, as its supervisor wrote them down. */
export interface ServicesState {
  readonly supervisor: ProcessMark
  readonly postgres?: { readonly process: ProcessMark; readonly port: number; readonly log: string }
  readonly provider?: ProviderState
  readonly mailbox?: { readonly url: string; readonly smtpUrl: string }
  /** URL of the role that migrates; for `plinth db` and for migrations that change meanwhile. */
  readonly ownerUrl?: string
  /** Variables that a server needs to use them. Secret: the file has mode 0600. */
  readonly environment: Readonly<Record<string, string>>
}

/** The server that runs on them. */
export interface ServerState {
  readonly supervisor: ProcessMark
  readonly children: readonly ProcessMark[]
  readonly url: string
}

/** What belongs to which file: the two are written by different processes. */
interface Files {
  readonly state: ServicesState
  readonly server: ServerState
}

/** Reads one of the state files; undefined when it is missing or not whole. */
export function readState<K extends keyof Files>(home: string, name: K): Files[K] | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(join(home, `${name}.json`), 'utf8'))
    const whole = typeof found === 'object' && found !== null && 'supervisor' in found
    return whole ? (found as Files[K]) : undefined
  } catch {
    return undefined
  }
}

/** Writes one of the state files in one step, readable by its owner only. */
export function writeState<K extends keyof Files>(home: string, name: K, state: Files[K]): void {
  mkdirSync(home, { recursive: true })
  const file = join(home, `${name}.json`)
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Forgets what has stopped. */
export function clearState(home: string, name: keyof Files): void {
  rmSync(join(home, `${name}.json`), { force: true })
}
