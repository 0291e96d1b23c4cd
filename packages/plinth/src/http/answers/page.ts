import type { FastifyReply } from 'fastify'
import type { PageAnswer } from '../../feature/index.ts'
import type { HttpDeps } from '../deps.ts'
import { pageHeaders } from './headers.ts'

/** Puts a rendered page into the layout and its policy into the headers. */
export function sendPage(
  deps: Pick<HttpDeps, 'renderPage'>,
  reply: FastifyReply,
  { title, content, context }: PageAnswer,
): string {
  reply.headers(pageHeaders(context.nonce))
  reply.type('text/html; charset=utf-8')
  reply.serializer((text: string) => text)
  return deps.renderPage({ title, content, context })
}
