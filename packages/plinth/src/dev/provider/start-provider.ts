import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Log } from '../../feature/index.ts'
import { type Clock, systemClock } from '../../kernel/index.ts'
import { endProviderSession } from './end-provider-session.ts'
import { handleLogin, LOGIN_PATH } from './login-routes.ts'
import { allowAnyLoopbackPort } from './loopback-redirect.ts'
import type { ProviderClient } from './provider-client.ts'
import { providerConfiguration } from './provider-configuration.ts'
import { newProviderKeys } from './provider-keys.ts'
import { ProviderRecords, readMemory } from './provider-records.ts'
import { refuseProduction } from './refuse-production.ts'
import { type ProviderUser, seededUsers } from './seeded-users.ts'

/** What the development identity provider needs to start. */
export interface ProviderOptions {
  /** Port on the loopback interface; 0 takes a free one. */
  readonly port: number
  /** Last part of the issuer, `test-realm` unless given: `http://localhost:8080/realms/test-realm`. */
  readonly realm?: string
  readonly clients: readonly ProviderClient[]
  /** Who can sign in; the seeded people unless given. */
  readonly users?: readonly ProviderUser[]
  /** Keeps keys, sessions and refresh tokens across restarts (mode 0600); in memory unless given. */
  readonly dataFile?: string
  /** Dates the stored records. Tokens carry the machine's time, which oidc-provider reads itself. */
  readonly clock?: Clock
  readonly log: Log
}

/** A running development identity provider. */
export interface RunningProvider {
  /** Base of the discovery document, without a trailing slash. */
  readonly issuer: string
  readonly port: number
  readonly users: readonly ProviderUser[]
  /** Names the URL that is called when somebody signs out of a service: its port moves (D17). */
  callAtLogout(clientId: string, url: string): Promise<void>
  /** Closes the port and writes the data file. */
  stop(): Promise<void>
}

/**
 * Starts a real OpenID provider for development and tests, on loopback only.
 * @throws Error in production, when `oidc-provider`, which comes with @plinth/cli, is missing, when the port is taken
 */
export async function startProvider(options: ProviderOptions): Promise<RunningProvider> {
  refuseProduction('development identity provider')
  const [Library, memory] = await Promise.all([
    loadLibrary(),
    readMemory(options.dataFile) ?? newProviderKeys(),
  ])
  const records = new ProviderRecords({
    memory,
    clock: options.clock ?? systemClock,
    file: options.dataFile,
  })
  const server = createServer()
  const port = await listen(server, options.port)
  const realmPath = `/realms/${options.realm ?? 'test-realm'}`
  const issuer = `http://localhost:${port}${realmPath}`
  const users = options.users ?? seededUsers
  const setup = { clients: options.clients, users, records, realmPath, port }
  const provider = new Library(issuer, providerConfiguration(setup))
  allowAnyLoopbackPort(provider)
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    await next()
    if (ctx.oidc?.route === 'end_session') await endProviderSession(ctx, records)
  })
  provider.on('server_error', (_ctx, error) => options.log.error({ error }, 'provider failed'))
  provider.on('backchannel.error', (_ctx, error) =>
    options.log.info({ error }, 'a service was not told of a sign-out'),
  )
  server.on('request', requestListener({ provider, users, realmPath, issuer, log: options.log }))
  options.log.info({ issuer }, 'development identity provider started')
  return {
    issuer,
    port,
    users,
    callAtLogout: async (clientId, url) => {
      const client = await provider.Client.find(clientId)
      if (client !== undefined) Object.assign(client, { backchannelLogoutUri: url })
    },
    stop: async () => {
      records.close()
      await close(server)
    },
  }
}

async function loadLibrary(): Promise<typeof Provider> {
  const library = await import('oidc-provider').catch((cause: unknown) => {
    throw new Error(
      'The development identity provider needs the package oidc-provider; install it with `npm install --save-dev oidc-provider`.',
      { cause },
    )
  })
  return library.default
}

interface Site {
  readonly provider: Provider
  readonly users: readonly ProviderUser[]
  readonly realmPath: string
  readonly issuer: string
  readonly log: Log
}

function requestListener(site: Site) {
  const callback = site.provider.callback()
  return (request: IncomingMessage, response: ServerResponse): void => {
    // A page elsewhere that resolves its own name to 127.0.0.1 (DNS rebinding) ends here.
    if (!OWN_HOST.test(request.headers.host ?? '')) return refuse(response, 421, site.issuer)
    const path = request.url ?? '/'
    if (!path.startsWith(`${site.realmPath}/`)) return refuse(response, 404, site.issuer)
    Object.assign(request, { originalUrl: path, url: path.slice(site.realmPath.length) })
    const done = request.url?.startsWith(LOGIN_PATH)
      ? handleLogin(site, request, response)
      : callback(request, response)
    Promise.resolve(done).catch((error: unknown) => {
      site.log.error({ error }, 'provider failed')
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  }
}

const OWN_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

function refuse(response: ServerResponse, status: number, issuer: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`This is the development identity provider; its issuer is ${issuer}\n`)
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = `Port ${port} is taken, so the development identity provider cannot start; free it or name another port.`
      reject(cause.code === 'EADDRINUSE' ? new Error(taken, { cause }) : cause)
    })
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
