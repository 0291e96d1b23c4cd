import type { FastifyInstance, FastifyRequest } from 'fastify'
import { httpProblems } from '../http.errors.ts'

const FORM_TYPE = /^application\/x-www-form-urlencoded(?:\s*;\s*charset=(?:utf-8|"utf-8"))?$/i
const MOST_FIELDS = 50
const SENTENCE = 'Send the body as application/x-www-form-urlencoded in UTF-8.'

/** Replaces the body parsers of a scope by one: a form with each field once. Anything else is 415. */
export function acceptFormOnly(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (request: FastifyRequest, body: string) => parseForm(request, body),
  )
  scope.addContentTypeParser('*', async () => {
    throw httpProblems.mediaType({ message: SENTENCE })
  })
}

function parseForm(request: FastifyRequest, body: string): Record<string, string> {
  if (!FORM_TYPE.test(request.headers['content-type'] ?? '')) {
    throw httpProblems.mediaType({ message: SENTENCE })
  }
  const pairs = body.split('&').slice(0, MOST_FIELDS + 1)
  if (pairs.length > MOST_FIELDS) throw refused('The form has too many fields.')
  const fields = new Map<string, string>()
  for (const pair of pairs.filter((text) => text !== '')) {
    const [name, value] = decodedPair(pair)
    // Two values under one name could be read in two ways.
    if (fields.has(name)) throw refused('The form has the same field twice.')
    fields.set(name, value)
  }
  return Object.fromEntries(fields)
}

function decodedPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
  return [decoded(name), decoded(value)]
}

/** Strict percent-decoding: what is not UTF-8, or holds NUL, is refused and never replaced. */
function decoded(text: string): string {
  try {
    const plain = decodeURIComponent(text.replaceAll('+', ' '))
    if (!plain.includes('\0')) return plain
  } catch {
    // Falls through to the one refusal.
  }
  throw refused('The form is not valid percent-encoded UTF-8.')
}

function refused(message: string) {
  return httpProblems.malformed({ message })
}
