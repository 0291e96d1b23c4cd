import { spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { newToken } from '../packages/plinth/src/kernel/index.ts'
import { median } from './measure.ts'
import { copyPackedService } from './service-copy.ts'
import { end, type Figure, said } from './start-up.ts'
import { entityText } from './types.ts'

/** What so many entities may add to the start of a service with one, and do to the time of its requests. */
const TARGETS = [
  { entities: 50, seconds: 0.5, times: 1.2 },
  { entities: 200, seconds: 1.5, times: 1.2 },
] as const

const STARTS = 3
const WARM_UP_REQUESTS = 500
const REQUESTS = 1_500

/** Time to listening, and to an answer, of one service. */
interface Grown {
  readonly seconds: number
  readonly milliseconds: number
}

/** Starts services on the published packages with 1, 50 and 200 entities, and asks each of them one thing after the other. */
export async function measureGrowth(databaseUrl: string): Promise<readonly Figure[]> {
  const one = await grown(1, databaseUrl)
  const figures: Figure[] = []
  for (const { entities, seconds, times } of TARGETS) {
    const many = await grown(entities, databaseUrl)
    figures.push(
      {
        name: `growth_start_${entities}`,
        title: `start with ${entities} entities, above one (${one.seconds.toFixed(2)} s)`,
        value: many.seconds - one.seconds,
        unit: 's',
        target: seconds,
      },
      {
        name: `growth_request_${entities}`,
        title: `a request with ${entities} entities, in that with one (${one.milliseconds.toFixed(2)} ms)`,
        value: many.milliseconds / one.milliseconds,
        unit: '×',
        target: times,
      },
    )
  }
  return figures
}

async function grown(entities: number, databaseUrl: string): Promise<Grown> {
  const copy = await copyPackedService()
  writeEntities(copy.folder, entities)
  // One address asks, as fast as it is answered.
  appendFileSync(join(copy.folder, 'config.yaml'), '\n  rate_limiter:\n    enabled: false\n')
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    NODE_COMPILE_CACHE: join(copy.folder, 'compile-cache'),
    DATABASE_URL: databaseUrl,
    SESSION_SIGNING_SECRET: newToken(),
    CSRF_SIGNING_SECRET: newToken(),
    APP_PORT: '0',
  }
  const start = async () => {
    const began = performance.now()
    const child = spawn(process.execPath, ['src/main.ts'], { cwd: copy.folder, env })
    const [, port = ''] = await said(child, /"url":"http:\/\/[^"]*:(\d+)"/)
    return { child, port, seconds: (performance.now() - began) / 1_000 }
  }
  try {
    await end((await start()).child)
    const seconds: number[] = []
    for (let round = 1; round < STARTS; round += 1) {
      const started = await start()
      seconds.push(started.seconds)
      await end(started.child)
    }
    const last = await start()
    // Nobody is signed in: past the router, the limits and the guard, which is what could grow.
    const milliseconds = await answerTime(last.port, `/api/v1/thing-${entities - 1}s`)
    await end(last.child)
    return { seconds: median([...seconds, last.seconds]), milliseconds }
  } finally {
    copy.remove()
  }
}

/** The registry is written as `plinth sync` writes it; the tables are of no matter here. */
function writeEntities(folder: string, entities: number): void {
  const names = Array.from({ length: entities }, (_, at) => `thing_${at}`)
  for (const name of names) {
    mkdirSync(join(folder, 'src/entities', name))
    writeFileSync(join(folder, 'src/entities', name, `${name}.ts`), entityText(name))
  }
  const imports = names.map(
    (name) => `import { ${name}Feature } from '../entities/${name}/${name}.ts'\n`,
  )
  const list = names.map((name) => `${name}Feature`).join(', ')
  const registry = join(folder, 'src/generated/registry.ts')
  writeFileSync(registry, `${imports.join('')}export const registry = [${list}]\n`)
}

async function answerTime(port: string, path: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const took: number[] = []
  try {
    for (let at = 0; at < WARM_UP_REQUESTS + REQUESTS; at += 1) {
      const began = performance.now()
      const status = await ask(agent, port, path)
      if (status !== 401) throw new Error(`GET ${path} was answered ${status} and not 401`)
      if (at >= WARM_UP_REQUESTS) took.push(performance.now() - began)
    }
  } finally {
    agent.destroy()
  }
  return median(took)
}

function ask(agent: Agent, port: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ agent, host: '127.0.0.1', port, path }, (answer) => {
      answer.once('error', reject).resume()
      answer.once('end', () => resolve(answer.statusCode ?? 0))
    }).once('error', reject)
  })
}
