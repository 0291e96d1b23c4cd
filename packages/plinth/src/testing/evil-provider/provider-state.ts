import type { Heard } from './raw-reply.ts'
import type { Endpoint, EvilSays } from './says.ts'
import { saidNow } from './says.ts'

/** What a provider says, heard and gave away. */
export interface ProviderState {
  readonly say: EvilSays
  readonly heard: Heard[]
  readonly issued: string[]
  /** Says something else at the next request to an endpoint, and only there; several wait in line. */
  next(endpoint: Endpoint, says: Partial<EvilSays>): void
  /** Says something else from now on, on top of what it says already. */
  always(says: Partial<EvilSays>): void
  /** What is said to the request that an endpoint just got; a word for one request is used up. */
  sayTo(endpoint: Endpoint | undefined): EvilSays
  /** Remembers the texts among these as given away. */
  keep(...given: readonly unknown[]): void
  reset(good: EvilSays): void
}

/** Starts with these words and an empty memory. */
export function openState(good: EvilSays): ProviderState {
  const say = { ...good }
  const heard: Heard[] = []
  const issued: string[] = []
  const waiting = new Map<Endpoint, Partial<EvilSays>[]>()
  return {
    say,
    heard,
    issued,
    next(endpoint, says) {
      waiting.set(endpoint, [...(waiting.get(endpoint) ?? []), says])
    },
    always: (says) => void Object.assign(say, saidNow(say, says)),
    sayTo: (endpoint) => saidNow(say, endpoint && waiting.get(endpoint)?.shift()),
    keep(...given) {
      for (const one of given) {
        if (typeof one === 'string' && one !== '' && !issued.includes(one)) issued.push(one)
      }
    },
    reset(words) {
      Object.assign(say, words)
      heard.length = 0
      issued.length = 0
      waiting.clear()
    },
  }
}
