import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Balanced, Call, openBalancer } from './balancer.ts'

const PRODUCTS = '/api/v1/products'
const READS = [PRODUCTS, '/auth/web/me', `${PRODUCTS}?sort=-created_at&limit=5`] as const
const WRITERS = 3
const BETWEEN_CALLS_MS = 10

/** People who read and write all the time. */
export interface Traffic extends AsyncDisposable {
  /** Resolves when everybody has been answered a few more times. */
  more(): Promise<void>
  /** Ends it: what was answered, and writes that were acknowledged and are not there. */
  end(): Promise<{ readonly answers: readonly Answered[]; readonly lost: readonly string[] }>
}

/** One answer, and to what. */
export interface Answered extends Balanced {
  readonly call: string
}

/** Starts traffic through a balancer, as somebody whose headers are given. */
export async function openTraffic(
  client: Pick<ReturnType<typeof openBalancer>, 'call'>,
  headers: Readonly<Record<string, string>>,
): Promise<Traffic> {
  const answers: Answered[] = []
  const written = new Map<string, number>()
  let stopped = false
  const ask = async (call: Call): Promise<Answered> => {
    // New processes start beside it: it is steady, not as much as the machine can do.
    await pause(BETWEEN_CALLS_MS)
    const answer = await client.call({ headers, ...call })
    const answered = { ...answer, call: `${call.method ?? 'GET'} ${call.path}` }
    answers.push(answered)
    return answered
  }
  /** Acknowledged is acknowledged: the row, and the last number that it was given. */
  const create = async (): Promise<string> => {
    const body = { sku: `S-${randomUUID()}`.slice(0, 40), name: 'Anvil', price: 1999 }
    const { status, text } = await ask({ method: 'POST', path: PRODUCTS, body })
    if (status !== 201) return ''
    const { id }: { id: string } = JSON.parse(text)
    written.set(id, 0)
    return id
  }
  const write = async () => {
    const id = await create()
    for (let stock = 1; !stopped; stock += 1) {
      const change = { method: 'PATCH', path: `${PRODUCTS}/${id}`, body: { stock } }
      if ((await ask(change)).status === 200) written.set(id, stock)
      if (stock % 10 === 0) await create()
    }
  }
  const read = async (path: string) => {
    while (!stopped) await ask({ path })
  }
  const all = [...Array.from({ length: WRITERS }, write), ...READS.map(read)]
  const stop = async () => {
    stopped = true
    await Promise.all(all)
  }
  return {
    [Symbol.asyncDispose]: stop,
    async more() {
      const enough = answers.length + 20 * all.length
      while (answers.length < enough) await ask({ path: PRODUCTS })
    },
    async end() {
      await stop()
      const lost: string[] = []
      for (const [id, stock] of written) {
        const { status, text } = await client.call({ path: `${PRODUCTS}/${id}`, headers })
        const found: { stock?: number } = status === 200 ? JSON.parse(text) : {}
        if (found.stock !== stock) lost.push(`${id}: ${stock} was acknowledged, ${text} is there`)
      }
      return { answers, lost }
    },
  }
}
