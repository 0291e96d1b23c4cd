import { connect, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import { freePort } from '../../packages/plinth/src/dev/index.ts'
import { selfSigned } from './self-signed.ts'
import type { TemplateService, TemplateServiceOptions } from './template-service.ts'
import { openTemplateService } from './template-service.ts'

/** The template's service behind a proxy that ends TLS, so that browsers reach it under https. */
export async function openSecureService(options: TemplateServiceOptions): Promise<TemplateService> {
  const port = await freePort()
  const service = await openTemplateService({ ...options, baseUrl: `https://localhost:${port}` })
  const inner = Number(new URL(service.world.url).port)
  const open = new Set<Socket>()
  const proxy = createServer(selfSigned(), (outside) => {
    const inside = connect(inner, '127.0.0.1')
    for (const [from, to] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      open.add(from)
      from.on('error', () => to.destroy()).on('close', () => open.delete(from))
      from.pipe(to)
    }
  })
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve))
  return {
    ...service,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => proxy.close(resolve))
      await service[Symbol.asyncDispose]()
    },
  }
}
