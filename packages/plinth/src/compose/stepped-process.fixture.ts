import type { AddressInfo } from 'node:net'

// A process of a service whose wall is set by messages from its parent, also for libraries that read
// the date by themselves. Its arguments: the settings, and how far the wall is off from the start.
const [, , settings = '{}', offMs = '0'] = process.argv
const Wall = Date
let stepMs = Number(offMs)
globalThis.Date = new Proxy(Wall, {
  construct: (target, args, made) =>
    Reflect.construct(target, args.length === 0 ? [target.now() + stepMs] : args, made),
  get: (target, key) =>
    key === 'now' ? () => target.now() + stepMs : Reflect.get(target, key, target),
})

async function run(): Promise<void> {
  const [{ buildService }, { feature, route }, { signedIn }, { z }] = await Promise.all([
    import('./index.ts'),
    import('../feature/index.ts'),
    import('../access/index.ts'),
    import('zod'),
  ])
  const mine = route('GET /mine', {
    access: signedIn(),
    tenant: 'none',
    returns: z.object({ wall: z.number() }),
    handle: () => ({ wall: Date.now() }),
  })
  const { app, openResources } = await buildService({
    features: [feature('shop', { routes: [mine] })],
    file: null,
    env: {},
    values: JSON.parse(settings),
    logTo: { write: () => undefined },
  })
  await openResources()
  await app.listen({ port: 0, host: '127.0.0.1' })
  process.on('message', (step) => {
    stepMs = Number(step)
    process.send?.('stepped')
  })
  process.send?.(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
}

void run()
