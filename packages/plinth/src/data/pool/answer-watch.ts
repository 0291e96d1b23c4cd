import type { Client } from 'pg'

/** Has a connection watched from now on. */
export type AnswerWatch = (client: Client) => void

/** One connection, and for how many looks it owes an answer. */
interface Watched {
  readonly client: Client
  owes: boolean
  looks: number
}

const LONGEST_LOOK_MS = 1_000

/**
 * Ends connections on which no answer comes, so that whoever waits is told. One timer looks at all of
 * them: pg's own limit is a timer for each statement, and what those hold on to outlives many rounds of
 * the garbage collector, which then costs more than the query.
 * @param limitMs milliseconds; at most a quarter of it, or a second, passes until it is seen
 */
export function watchAnswers(limitMs: number): AnswerWatch {
  const everyMs = Math.min(LONGEST_LOOK_MS, limitMs / 4)
  const mostLooks = Math.ceil(limitMs / everyMs)
  const all = new Set<Watched>()
  let timer: NodeJS.Timeout | undefined
  const wake = () => {
    if (timer === undefined) timer = setTimeout(look, everyMs).unref()
  }
  const look = () => {
    timer = undefined
    for (const one of all) {
      if (!one.owes) continue
      one.looks += 1
      if (one.looks > mostLooks) end(one.client)
      wake()
    }
  }
  return (client) => {
    const one: Watched = { client, owes: false, looks: 0 }
    all.add(one)
    const { query } = client
    client.query = (...args: unknown[]) => {
      if (!one.owes) {
        one.owes = true
        one.looks = 0
        wake()
      }
      return Reflect.apply(query, client, args)
    }
    client.on('drain', () => {
      one.owes = false
    })
    client.once('end', () => all.delete(one))
  }
}

function end(client: Client): void {
  client.connection.stream.destroy(new Error('Query read timeout'))
}
