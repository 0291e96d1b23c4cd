import { parseArgs } from 'node:util'

/** What to measure, and how long. */
export interface BenchOptions {
  /** Of one round of one server. */
  readonly seconds: number
  readonly connections: number
  readonly json: boolean
  /** Whether a missed target makes the exit code 1. */
  readonly check: boolean
  /** Whether something of this name is measured. */
  readonly wants: (name: string) => boolean
  /** Where Plinth's process leaves a CPU profile. */
  readonly profileDir: string | undefined
}

/** Everything that `--only` knows. */
export const NAMES = [
  'by_id',
  'by_id_open',
  'list',
  'me',
  'open',
  'limits',
  'create',
  'audit',
  'delayed',
  'start',
  'dev',
  'new',
  'entity-add',
  'types',
  'growth',
  'check',
  'session',
  'key',
  'bearer',
  'callback',
  'passwords',
] as const

export type Name = (typeof NAMES)[number]

/**
 * Reads the command line.
 * @throws TypeError with one sentence
 */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '2' },
      connections: { type: 'string', default: '16' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  })
  const only = values.only?.split(',')
  const unknown = only?.find((name) => !NAMES.some((known) => known === name))
  if (unknown !== undefined) {
    throw new TypeError(`--only: there is no "${unknown}"; choose from ${NAMES.join(', ')}`)
  }
  return {
    seconds: positive('seconds', values.seconds),
    connections: Math.ceil(positive('connections', values.connections)),
    json: values.json,
    check: values.check,
    wants: (name) => only?.includes(name) ?? true,
    profileDir: values.profile,
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (value > 0 && value < 1_000) return value
  throw new TypeError(`--${name} takes a number above 0, not "${text}"`)
}
