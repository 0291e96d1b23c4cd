import assert from 'node:assert/strict'
import { callHttp } from './call-http.ts'
import type { Answer, CallHeaders, Person } from './person.ts'
import type { World } from './world.ts'

/** What the answer to making or rotating a key holds. */
export interface Made {
  readonly key: string
  readonly api_key: Readonly<Record<string, unknown>> & { readonly id: string }
}

export const KEYS = '/api/v1/api-keys'

/** Makes a key, which must succeed. */
export async function makeKey(person: Person | Keyed, body: object = {}): Promise<Made> {
  const answer = await person.post<Made>(KEYS, {
    type: 'user',
    name: 'a key',
    scopes: ['ware:read'],
    ...body,
  })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}

/** Makes a service account, which must succeed. */
export async function makeAccount(person: Person, body: object = {}): Promise<string> {
  const answer = await person.post('/api/v1/service-accounts', {
    name: 'a robot',
    permissions: ['ware:*'],
    ...body,
  })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return String(answer.body['id'])
}

/** A program with a key. */
export interface Keyed {
  get<B = Answer['body']>(path: string, headers?: CallHeaders): Promise<Answer<B>>
  post<B = Answer['body']>(path: string, body?: object, headers?: CallHeaders): Promise<Answer<B>>
  call<B = Answer['body']>(
    method: string,
    path: string,
    body?: object,
    headers?: CallHeaders,
  ): Promise<Answer<B>>
}

/** Calls with a key, as a program does: no cookie, no Origin. */
export function keyed({ url }: Pick<World, 'url'>, key: string): Keyed {
  const call = async <B>(
    method: string,
    path: string,
    body?: object,
    headers: CallHeaders = {},
  ): Promise<Answer<B>> => {
    const answer = await callHttp(new URL(path, url), {
      method,
      headers: {
        'x-api-key': key,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const { status, headers: received, text } = answer
    return { status, headers: received, body: (text === '' ? null : JSON.parse(text)) as B }
  }
  return {
    call,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
  }
}

/** These tests make more keys than anybody does. */
export const roomyKeys = {
  'rate_limiter.endpoints.POST /api/v1/api-keys.requests': 100_000,
  'rate_limiter.endpoints.POST /api/v1/api-keys/:id/rotate.requests': 100_000,
} as const
