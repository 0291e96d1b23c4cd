import { createServer } from 'node:http'
import type { GivenValues } from '../../config/index.ts'

/** Something that takes SMS and keeps them. */
export interface FakeGateway extends AsyncDisposable {
  /** Settings that make a service send its SMS here. */
  readonly settings: GivenValues
  readonly received: { readonly to: string; readonly text: string }[]
}

/** Starts one on a port that is free. */
export async function startGateway(): Promise<FakeGateway> {
  const received: FakeGateway['received'] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => {
      body += String(data)
    })
    request.on('end', () => {
      const form = new URLSearchParams(body)
      received.push({ to: form.get('To') ?? '', text: form.get('Body') ?? '' })
      response.writeHead(201, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    received,
    settings: {
      'notify.sms.adapter': 'http',
      'notify.sms.url': `http://127.0.0.1:${port}/Messages.json`,
      'notify.sms.from': '+15005550006',
    },
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections()
      return new Promise((done) => server.close(() => done()))
    },
  }
}
