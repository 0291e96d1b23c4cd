import { isatty } from 'node:tty'
import { type Logger, pino } from 'pino'
import type { Clock } from '../kernel/index.ts'
import { cleanFacts, cleanText } from './clean.ts'
import { inertLine } from './line.ts'
import type { LineSink } from './line-writer.ts'
import { RotatingFile } from './rotating-file.ts'
import { standardOutput } from './standard-output.ts'
import type { LoggingSettings, LogLevel } from './telemetry.settings.ts'
import { textLine } from './text-format.ts'

/** Writes events: facts as fields, one sentence as message. Never throws, never blocks. */
export interface Log {
  debug(facts: object, message?: string): void
  info(facts: object, message?: string): void
  warn(facts: object, message?: string): void
  error(facts: object, message?: string): void
  /** A log whose every event also carries these facts, for example `request_id`. */
  child(facts: object): Log
}

/** The log of a process. */
export interface RootLog extends Log {
  /** Waits until the lines have left the process, for at most `limitMs` (1 s). */
  flush(limitMs?: number): Promise<void>
  /** Lines that could not be written: nobody read, or the disk was full. */
  dropped(): number
}

/** Anything that takes lines; standard output when it is left out. */
export interface LineTarget {
  write(line: string): unknown
}

/** What a log is made of. */
export interface LogOptions {
  readonly settings: LoggingSettings
  readonly clock: Clock
  /** Replaces standard output and the file, for tests and tools. */
  readonly stream?: LineTarget
  /** Names of fields that hold personal data: their values are not written. */
  readonly personal?: ReadonlySet<string>
}

const FLUSH_MS = 1_000

/** Makes the log of a process from its settings. */
export function createLog({ settings, clock, stream, personal }: LogOptions): RootLog {
  const file = stream === undefined ? openFile(settings) : {}
  const sinks: readonly LineSink[] =
    stream === undefined ? [standardOutput(), ...(file.sink ? [file.sink] : [])] : []
  const lost = { count: 0 }
  const coloured = stream === undefined && isatty(1)
  const target: LineTarget = {
    write: (json) => {
      const line = settings.format === 'text' ? textLine(json, coloured) : inertLine(json)
      stream?.write(line)
      for (const sink of sinks) sink.write(line)
    },
  }
  const lose = (): void => {
    lost.count += 1
  }
  const log = new PinoLog({ logger: pinoFor(settings.level, clock, target), lose, personal }, {})
  if (file.fault !== undefined) log.warn({ file: settings.file }, file.fault)
  return Object.assign(log, {
    flush: async (limitMs = FLUSH_MS) => {
      await Promise.all(sinks.map((sink) => sink.flush(limitMs)))
    },
    dropped: () => sinks.reduce((sum, sink) => sum + sink.dropped, lost.count),
  })
}

function pinoFor(level: LogLevel, clock: Clock, target: LineTarget): Logger {
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${timestamp(clock.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {},
    },
    { write: (line) => void target.write(line) },
  )
}

function timestamp(ms: number): string {
  // The one clock reading that Date refuses would otherwise cost the event.
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms)
}

function openFile(settings: LoggingSettings): { sink?: LineSink; fault?: string } {
  if (settings.file === null || settings.file === '') return {}
  try {
    const maxBytes = settings.max_size_mb * 1024 * 1024
    const options = { path: settings.file, maxBytes, backups: settings.backup_count }
    return { sink: new RotatingFile(options) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { fault: `The log file cannot be written (${why}); lines go to standard output only.` }
  }
}

/** What all logs of a process share. */
interface Core {
  readonly logger: Logger
  readonly lose: () => void
  readonly personal: ReadonlySet<string> | undefined
}

class PinoLog implements Log {
  readonly #core: Core
  // Kept here and not as bindings of pino: a field then appears once, and no field name is special.
  readonly #bound: object

  constructor(core: Core, bound: object) {
    this.#core = core
    this.#bound = bound
  }

  debug(facts: object, message?: string): void {
    this.#write('debug', facts, message)
  }

  info(facts: object, message?: string): void {
    this.#write('info', facts, message)
  }

  warn(facts: object, message?: string): void {
    this.#write('warn', facts, message)
  }

  error(facts: object, message?: string): void {
    this.#write('error', facts, message)
  }

  child(facts: object): Log {
    const bound = { ...this.#bound, ...this.#clean(facts, false) }
    return new PinoLog(this.#core, bound)
  }

  #clean(facts: object, withStack: boolean): Record<string, unknown> {
    const { personal } = this.#core
    return cleanFacts(facts, personal === undefined ? { withStack } : { withStack, personal })
  }

  #write(level: LogLevel, facts: object, message: string | undefined): void {
    const { logger, lose } = this.#core
    if (!logger.isLevelEnabled(level)) return
    try {
      const fields = { ...this.#bound, ...this.#clean(facts, level === 'error') }
      if (message === undefined) logger[level](fields)
      else logger[level](fields, cleanText(message))
    } catch {
      lose()
    }
  }
}
