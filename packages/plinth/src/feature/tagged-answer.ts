import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { entityProblems } from '../data/index.ts'
import { entityTags, matchesStrongly, matchesWeakly } from '../kernel/index.ts'

/** The headers of a conditional read, for the documents: they are looked at only where they arrive. */
export const readConditions = z.object({
  'if-none-match': z
    .string()
    .optional()
    .describe('ETag, or several, of what the caller has already; 304 if it is still that'),
})

/**
 * Whether the caller has already what is about to be answered (RFC 9110 §13.1.2, §13.2.2). A header
 * that holds no entity tags asks for nothing: the whole answer is right for everybody.
 * @throws entity.stale when `If-Match` wants another answer than this one
 */
export function hasAlready({ raw: { headers } }: FastifyRequest, reply: FastifyReply): boolean {
  const { 'if-match': wanted, 'if-none-match': known } = headers
  if (wanted === undefined && known === undefined) return false
  const etag = reply.getHeader('etag')
  if (typeof etag !== 'string') return false
  const demanded = wanted === undefined ? undefined : entityTags(wanted)
  if (demanded !== undefined && !matchesStrongly(demanded, etag)) throw entityProblems.stale()
  const tags = known === undefined ? undefined : entityTags(known)
  return tags !== undefined && matchesWeakly(tags, etag)
}

/** Answers 304: the headers of the answer, and nothing of what it would have said. */
export function sendNotModified(reply: FastifyReply): FastifyReply {
  return reply.removeHeader('content-type').code(304).send()
}
