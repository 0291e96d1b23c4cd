import { randomInt } from 'node:crypto'
import type { Clock } from '../../kernel/index.ts'
import type { DatabaseSettings } from '../database.settings.ts'
import type { DbLog } from '../db-log.ts'
import type { Ear } from './ear.ts'
import { openEar } from './ear.ts'

/** What somebody who listens does with what is heard. */
export interface Hearing {
  /** A message was sent on the channel. */
  hear(payload: string): void
  /** Messages may have been missed until now; from here on none is. */
  missed(): void
}

/** A channel of the database that is listened to (PostgreSQL LISTEN). */
export interface Listener {
  /**
   * Whether everything that was committed a second ago has been heard. Asking is what keeps the
   * listener awake: nobody asks, nothing is sent, and before the first question nothing is opened.
   */
  isCurrent(): boolean
  /** `asleep` when nobody has asked for a while, `behind` when somebody asks and cannot be told yes. */
  state(): 'asleep' | 'current' | 'behind'
  close(): void
}

/** What listens for a process: all its channels on one connection. */
export interface Listeners {
  /**
   * Begins to listen. A channel that comes while the connection is open makes it be opened anew, at the
   * next question: nobody is told yes before all of them are heard.
   */
  listen(channel: string, hearing: Hearing): Listener
  close(): void
}

/** What listening needs. */
export interface ListenersOptions {
  readonly settings: DatabaseSettings
  readonly clock: Clock
  readonly log: DbLog
}

/** Below the second that is promised, with room for the request that asks. */
const TRUST_MS = 900
const CALL_EVERY_MS = 300
/** A connection without an echo for so long is given up; it has not been trusted for long. */
const GIVE_UP_MS = 5_000
const ASLEEP_AFTER_MS = 10_000
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

const NO_ECHO =
  'no notification comes back; behind a pooler database.listen_url must lead to the server itself'

/** Listens to channels, as long as somebody wants to know. */
export function openListeners(options: ListenersOptions): Listeners {
  return new OneEar(options)
}

interface Channel {
  readonly name: string
  readonly hearing: Hearing
  /** Whether it is among those that are listened to. */
  open: boolean
}

class OneEar implements Listeners {
  readonly #options: ListenersOptions
  readonly #channels = new Set<Channel>()
  #ear: Ear | undefined
  #opening: Promise<void> | undefined
  /** Counts up when what is open, or being opened, no longer is what is wanted. */
  #round = 0
  #timer: NodeJS.Timeout | undefined
  #calledAt: number | undefined
  #calls = 0
  #heardUntil = Number.NEGATIVE_INFINITY
  #askedAt = Number.NEGATIVE_INFINITY
  #retryAt = Number.NEGATIVE_INFINITY
  #failures = 0

  constructor(options: ListenersOptions) {
    this.#options = options
  }

  listen(name: string, hearing: Hearing): Listener {
    const channel: Channel = { name, hearing, open: true }
    this.#channels.add(channel)
    this.#hangUp()
    return {
      isCurrent: () => channel.open && this.#isCurrent(),
      state: () => (channel.open ? this.#state() : 'asleep'),
      close: () => {
        this.#shut(channel)
        if (this.#channels.size === 0) this.#hangUp()
      },
    }
  }

  close(): void {
    for (const channel of this.#channels) this.#shut(channel)
    this.#hangUp()
  }

  #shut(channel: Channel): void {
    channel.open = false
    this.#channels.delete(channel)
  }

  #isCurrent(): boolean {
    const now = this.#options.clock.monotonic()
    this.#askedAt = now
    if (this.#isTrusted(now)) return true
    this.#wake(now)
    return false
  }

  #state(): 'asleep' | 'current' | 'behind' {
    const now = this.#options.clock.monotonic()
    if (this.#isTrusted(now)) return 'current'
    return this.#isWanted(now) ? 'behind' : 'asleep'
  }

  #hangUp(): void {
    this.#round += 1
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#ear?.close()
    this.#ear = undefined
    this.#calledAt = undefined
    this.#heardUntil = Number.NEGATIVE_INFINITY
  }

  #isTrusted(now: number): boolean {
    const age = now - this.#heardUntil
    return age >= 0 && age < TRUST_MS
  }

  #isWanted(now: number): boolean {
    return now - this.#askedAt < ASLEEP_AFTER_MS
  }

  /** Somebody asks: calls on the connection that is there, or opens one. */
  #wake(now: number): void {
    if (this.#ear !== undefined) {
      if (this.#calledAt === undefined && this.#timer === undefined) this.#call()
      return
    }
    if (now >= this.#retryAt) this.#opening ??= this.#open()
  }

  async #open(): Promise<void> {
    const round = this.#round
    const names = new Set(Array.from(this.#channels, ({ name }) => name))
    try {
      const ear = await openEar(this.#options.settings, [...names], {
        message: (name, payload) => this.#tell(name, payload),
        echo: (number) => this.#heard(number),
        lost: (error) => this.#lose(error),
      })
      if (round !== this.#round) return ear.close()
      this.#ear = ear
      for (const { hearing } of this.#channels) hearing.missed()
      this.#call()
    } catch (error) {
      if (round === this.#round) this.#lose(error)
    } finally {
      this.#opening = undefined
    }
  }

  #tell(channel: string, payload: string): void {
    for (const { name, hearing } of this.#channels) if (name === channel) hearing.hear(payload)
  }

  #call(): void {
    const { clock } = this.#options
    const askedAt = clock.monotonic()
    this.#calls += 1
    this.#calledAt = askedAt
    this.#ear?.call(this.#calls, (showsMs) => {
      clock.hear?.({ showsMs, askedAt, answeredAt: clock.monotonic() })
    })
    this.#later(GIVE_UP_MS, () => this.#lose(new Error(NO_ECHO)))
  }

  #heard(number: number): void {
    if (number !== this.#calls || this.#calledAt === undefined) return
    if (this.#failures > 0) this.#options.log.info({}, 'notifications of the database arrive again')
    this.#failures = 0
    this.#heardUntil = this.#calledAt
    this.#calledAt = undefined
    this.#later(CALL_EVERY_MS, () => {
      this.#timer = undefined
      if (this.#isWanted(this.#options.clock.monotonic())) this.#call()
    })
  }

  #lose(error: unknown): void {
    const { log, clock } = this.#options
    this.#hangUp()
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures)
    this.#retryAt = clock.monotonic() + randomInt(longest / 2, longest + 1)
    this.#failures += 1
    if (this.#failures > 1) return
    const reason = error instanceof Error ? error.message : String(error)
    log.warn({ reason }, 'notifications of the database do not arrive; what they keep true is read')
  }

  #later(ms: number, work: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(work, ms).unref()
  }
}
