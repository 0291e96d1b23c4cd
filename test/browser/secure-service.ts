import { type AddressInfo, connect, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import { selfSigned } from './self-signed.ts'
import type { TemplateService, TemplateServiceOptions } from './template-service.ts'
import { openTemplateService } from './template-service.ts'

/** The template's service behind a proxy that ends TLS, so that browsers reach it under https. */
export async function openSecureService(options: TemplateServiceOptions): Promise<TemplateService> {
  await using opening = new AsyncDisposableStack()
  const open = new Set<Socket>()
  // The proxy stands first: its port is in the address that the service is told.
  const inner: { port?: number } = {}
  const proxy = createServer(selfSigned(), (outside) => {
    if (inner.port === undefined) {
      outside.destroy()
      return
    }
    const inside = connect(inner.port, '127.0.0.1')
    for (const [from, to] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      open.add(from)
      from.on('error', () => to.destroy()).on('close', () => open.delete(from))
      from.pipe(to)
    }
  })
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  opening.defer(async () => {
    cut()
    await new Promise((resolve) => proxy.close(resolve))
  })
  const { port } = proxy.address() as AddressInfo
  const service = await openTemplateService({ ...options, baseUrl: `https://localhost:${port}` })
  opening.use(service)
  opening.defer(cut)
  inner.port = Number(new URL(service.world.url).port)
  const opened = opening.move()
  return { ...service, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
