import { z } from 'zod'
import { open, signedIn } from '../packages/plinth/src/access/index.ts'
import { buildService } from '../packages/plinth/src/compose/index.ts'
import { feature, route } from '../packages/plinth/src/feature/index.ts'
import { newToken } from '../packages/plinth/src/kernel/index.ts'
import { BROWSER, createPerson } from '../packages/plinth/src/testing/person.ts'
import { createSignIn } from '../packages/plinth/src/testing/sign-in.ts'
import { productFeature } from '../template/src/entities/product/product.ts'
import { portOf } from './floor.ts'

/** Where the session's person stands; the rows that are measured belong to it. */
export const TENANT = 'bench'

const openFeature = feature('bench', {
  routes: [
    route('GET /open', {
      access: open('measures a request without a credential'),
      returns: z.object({ status: z.string() }),
      handle: () => ({ status: 'ok' }),
    }),
    route('GET /signed-in', {
      access: signedIn(),
      returns: z.object({ status: z.string() }),
      handle: () => ({ status: 'ok' }),
    }),
  ],
})

/** Plinth as a service runs it, every guard and the worker on, with somebody signed in. */
export async function startHouse(databaseUrl: string) {
  const service = await buildService({
    features: [productFeature, openFeature],
    file: null,
    env: {},
    values: {
      'app.environment': 'development',
      'app.base_url': ORIGIN,
      'app.session_signing_secret': newToken(),
      'app.csrf_signing_secret': newToken(),
      'database.url': databaseUrl,
      'logging.file': null,
    },
  })
  await service.openResources()
  await service.startWorker()
  await service.app.listen({ port: 0, host: '127.0.0.1' })
  const port = portOf(service.app.server.address())
  const visitor = () => createPerson({ url: `http://127.0.0.1:${port}`, origin: ORIGIN })
  const person = await createSignIn({ service, visitor })('ana', { tenant: TENANT })
  const csrf = await person.refreshCsrf()
  const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  return {
    port,
    session: [
      `user-agent: ${BROWSER}`,
      `origin: ${ORIGIN}`,
      `cookie: ${cookie}`,
      `x-csrf-token: ${csrf}`,
    ],
    stop: () => service.app.close(),
  }
}

const ORIGIN = 'http://localhost:8000'
