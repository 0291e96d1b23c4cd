import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnswerDeps } from './answers.ts'
import { answerOf } from './answers.ts'
import type { BrowserSide } from './browser-side.ts'
import type { ProviderState } from './provider-state.ts'
import type { Heard } from './raw-reply.ts'
import type { Endpoint, Json } from './says.ts'
import { PATHS } from './says.ts'

/** What serving takes. */
export interface ServeDeps extends AnswerDeps {
  readonly state: ProviderState
  readonly redirects: BrowserSide['redirects']
}

/** Hears a request out, writes it down, and answers what is to be said to it now. */
export async function serve(
  deps: ServeDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const heard = await hear(request)
  deps.state.heard.push(heard)
  const endpoint = endpointAt(heard.path)
  const say = deps.state.sayTo(endpoint)
  if (say.answer(request, response, heard)) return
  if (endpoint === undefined) return send(response, 404, {})
  const reply = say.reply[endpoint] ?? deps.redirects[endpoint]
  if (reply !== undefined) return reply(request, response, heard)
  const form = new URLSearchParams(heard.body)
  const answer = answerOf(deps, endpoint, { say, form })
  if (endpoint === 'token') deps.state.keep(...tokensIn(answer))
  send(response, 200, answer)
}

async function hear(request: IncomingMessage): Promise<Heard> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const { pathname, search } = new URL(request.url ?? '/', 'http://provider')
  const { method = 'GET', headers } = request
  return { method, path: pathname, query: search.slice(1), headers, body }
}

function endpointAt(path: string): Endpoint | undefined {
  return (Object.keys(PATHS) as Endpoint[]).find((endpoint) => PATHS[endpoint] === path)
}

function tokensIn(answer: unknown): readonly unknown[] {
  if (typeof answer !== 'object' || answer === null) return []
  const { access_token, id_token, refresh_token } = answer as Json
  return [access_token, id_token, refresh_token]
}

function send(response: ServerResponse, status: number, answer: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
}
