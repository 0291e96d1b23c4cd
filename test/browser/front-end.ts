import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { clientFiles } from './client-files.ts'

/** A front end of its own: another port, perhaps another site. */
export interface FrontEnd extends AsyncDisposable {
  readonly origin: string
  /** What it was asked for, with the headers that the browser sent. */
  readonly asked: { readonly url: string; readonly headers: IncomingHttpHeaders }[]
}

/**
 * Serves one page, at every path, and the TypeScript client.
 * @param host `localhost` is the same site as the service, `127.0.0.1` is another one
 * @param body what the page holds
 */
export async function openFrontEnd(
  host: 'localhost' | '127.0.0.1' = 'localhost',
  body = '',
): Promise<FrontEnd> {
  const files = clientFiles()
  const asked: FrontEnd['asked'] = []
  const server = createServer(({ url = '/', headers }, response) => {
    asked.push({ url, headers })
    const file = files.get(url)
    response.setHeader('content-type', file === undefined ? 'text/html' : 'text/javascript')
    response.end(file ?? `<!doctype html><title>Front end</title><h1>Front end</h1>${body}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://${host}:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
