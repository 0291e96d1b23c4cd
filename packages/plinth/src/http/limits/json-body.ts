import type { FastifyInstance, FastifyRequest } from 'fastify'
import { factsOf } from '../../feature/index.ts'
import type { JsonFault, JsonLimits } from '../../kernel/index.ts'
import { JSON_LIMITS, parseStrictJson } from '../../kernel/index.ts'
import { httpProblems } from '../http.errors.ts'

const SENTENCES: Readonly<Record<JsonFault, string>> = {
  syntax: 'The body is not valid JSON.',
  too_deep: 'The JSON is nested too deeply.',
  too_many_items: 'The JSON has too many keys or items.',
  number_out_of_range: 'A number in the JSON is too large or too precise; send it as a string.',
  duplicate_key: 'The JSON has the same key twice.',
  forbidden_key: 'The JSON has a key that is not allowed: __proto__, constructor or prototype.',
  lone_surrogate: 'A text in the JSON is not valid Unicode.',
  nul_character: 'A text in the JSON contains the NUL character.',
  not_utf8: 'The body is not valid UTF-8.',
  byte_order_mark: 'The body begins with a byte order mark; send plain UTF-8.',
}

// RFC 8259 defines no parameters; a charset other than UTF-8 would be read wrongly.
const JSON_TYPE = /^application\/json(?:\s*;\s*charset=(?:utf-8|"utf-8"))?$/i

/** Replaces Fastify's body parsers by one: strict JSON. Anything else is 415. */
export function acceptJsonOnly(app: FastifyInstance, limits: Partial<JsonLimits>): void {
  const bounds = { ...JSON_LIMITS, ...limits }
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => parseBody(request, body, bounds),
  )
}

/** Many clients name a type with every POST, also where there is nothing to send. */
function takesNoBody(request: FastifyRequest): boolean {
  const facts = factsOf(request.routeOptions as Parameters<typeof factsOf>[0])
  return facts?.kind === 'api' && facts.schemas.body === undefined
}

function parseBody(request: FastifyRequest, body: Buffer, limits: JsonLimits): unknown {
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) throw httpProblems.mediaType()
  if (body.length === 0) {
    if (takesNoBody(request)) return undefined
    throw httpProblems.malformed({ message: 'The body is empty.' })
  }
  const parsed = parseStrictJson(body, limits)
  if (parsed.ok) return parsed.value
  const message = SENTENCES[parsed.fault]
  throw httpProblems.malformed({
    message,
    details: [{ path: 'body', message, code: parsed.fault }],
  })
}
