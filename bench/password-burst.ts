import { request } from 'node:http'
import type { Child } from './children.ts'
import type { LoadOptions, LoadResult, Shot, Slice } from './load.ts'
import { load, openLoad, resultOf } from './load.ts'
import { median } from './measure.ts'
import type { Figure } from './start-up.ts'

const ROUNDS = 5
const SIGN_INS = 500
/** People who are there already: what they wait is measured, not what they add. */
const CONNECTIONS = 4
/** Short against the burst: what is measured ends with it. */
const SLICE_SECONDS = 0.05

/**
 * What everybody else feels while 500 people sign in with a password at the same moment: the 99th
 * percentile of another route then, and in the quiet before it; the medians of five rounds. A name that
 * nobody has costs the same hash as any other.
 */
export async function measurePasswords(
  { port, session }: Child,
  { seconds }: LoadOptions,
): Promise<readonly Figure[]> {
  const text = ['GET /signed-in HTTP/1.1', 'host: localhost', ...session, '', ''].join('\r\n')
  const other = { port, request: () => text }
  const options = { connections: CONNECTIONS, seconds }
  await load(other, options)
  await burst(port, 'warm')
  const rounds: { readonly quiet: number; readonly busy: number }[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const { p99: quiet } = await load(other, options)
    const signingIn = burst(port, String(round))
    const [busy, statuses] = await Promise.all([loadDuring(other, signingIn), signingIn])
    if (busy.errors > 0) throw new Error(`${busy.errors} answers of another route were not 2xx`)
    requireAnswers(statuses)
    rounds.push({ quiet, busy: busy.p99 })
  }
  const title = 'p99 of another route while 500 people sign in by password'
  return [
    {
      name: 'passwords',
      title,
      value: median(rounds.map(({ busy }) => busy)),
      unit: 'ms',
      target: 100,
    },
    {
      name: 'passwords',
      title: `${title}, against quiet`,
      value: median(rounds.map(({ quiet, busy }) => busy / quiet)),
      unit: '×',
      target: 3,
    },
  ]
}

/** Asks another route for as long as something lasts: a calm after it would flatter the figure. */
async function loadDuring(shot: Shot, work: Promise<unknown>): Promise<LoadResult> {
  const opened = await openLoad(shot, CONNECTIONS)
  const slices: Slice[] = []
  let lasts = true
  const over = () => {
    lasts = false
  }
  work.then(over, over)
  try {
    while (lasts) slices.push(await opened.run(SLICE_SECONDS))
    return resultOf(slices)
  } finally {
    opened.close()
  }
}

/** Each sign-in is looked at and refused, or told to come back: nothing else. */
function requireAnswers(statuses: readonly number[]): void {
  const odd = statuses.filter((status) => status !== 401 && status !== 503)
  if (odd.length > 0) throw new Error(`sign-ins were answered ${[...new Set(odd)].join(', ')}`)
  if (!statuses.includes(401)) throw new Error('no password was looked at')
}

function burst(port: number, round: string): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: SIGN_INS }, (_, at) => signIn(port, `${round}-${at}`)))
}

function signIn(port: number, who: string): Promise<number> {
  const body = JSON.stringify({ username: `${who}@example.com`, password: 'not the password' })
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    const call = request({
      port,
      host: '127.0.0.1',
      path: '/auth/web/login',
      method: 'POST',
      agent: false,
      headers,
    })
    call.on('error', reject)
    call.on('response', (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
    })
    call.end(body)
  })
}
