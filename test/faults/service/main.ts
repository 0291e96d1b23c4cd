// A service for the fault tests: the template's product, and routes that misbehave on demand.
import { EventEmitter } from 'node:events'
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { feature, job, open, resource, route, signedIn, start } from 'plinth'
import { z } from 'zod'
import { productFeature } from '../../../template/src/entities/product/product.ts'

const reason = open('a fault test')

const slow = route('GET /slow', {
  access: reason,
  query: { ms: z.coerce.number() },
  returns: z.object({ pid: z.number() }),
  handle: async ({ query }) => {
    await pause(query.ms)
    return { pid: process.pid }
  },
})

const large = route('POST /large', {
  access: reason,
  body: z.any(),
  returns: z.object({ peakMb: z.number() }),
  handle: () => ({ peakMb: process.resourceUsage().maxRSS / 1_024 }),
})

const CRASHES = {
  timer: () => void setTimeout(() => fail('in a timer'), 1),
  emitter: () => void setTimeout(() => new EventEmitter().emit('error', new Error('boom')), 1),
  rejection: () => void Promise.reject(new Error('boom: nobody waits')),
}

function fail(where: string): never {
  throw new Error(`boom: ${where}`)
}

const crash = route('POST /crash', {
  access: reason,
  query: { how: z.enum(['timer', 'emitter', 'rejection']) },
  status: 202,
  returns: z.object({}),
  handle: ({ query }) => {
    CRASHES[query.how]()
    return {}
  },
})

/** Leaves its mark when it begins and when it ends. */
const bake = job('oven.bake', {
  input: { file: z.string(), ms: z.number() },
  handle: async ({ input }) => {
    writeFileSync(input.file, 'begun')
    await pause(input.ms)
    writeFileSync(input.file, 'done')
  },
})

const baking = route('POST /bake', {
  access: signedIn(),
  tenant: 'required',
  body: z.strictObject({ file: z.string(), ms: z.number() }),
  status: 202,
  returns: z.object({}),
  handle: async ({ db, body }) => {
    await db.transaction((tx) => bake.enqueue(tx, body))
    return {}
  },
})

/** Opens only after a while, when it is told to, and says so. */
const sluggish = resource('sluggish', {
  open: async () => {
    const afterMs = Number(process.env['OPEN_AFTER_MS'] ?? 0)
    if (afterMs > 0) process.stderr.write('opening')
    await pause(afterMs)
  },
})

await start({
  features: [
    productFeature,
    feature('faults', {
      routes: [slow, large, crash, baking],
      jobs: [bake],
      resources: [sluggish],
    }),
  ],
})
