import { callHttp, type HttpAnswer } from './call-http.ts'

/** What a call answered. `body` is parsed JSON, or text where it is not JSON, or null. */
export interface Answer<Body = Readonly<Record<string, unknown>>> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

/** Headers of one call, added to those of the person. */
export type CallHeaders = Readonly<Record<string, string>>

/** Somebody with a browser: keeps cookies, sends Origin and the CSRF token as our pages do. */
export interface Person {
  get<B = Answer['body']>(path: string, headers?: CallHeaders): Promise<Answer<B>>
  post<B = Answer['body']>(path: string, body?: object, headers?: CallHeaders): Promise<Answer<B>>
  put<B = Answer['body']>(path: string, body: object, headers?: CallHeaders): Promise<Answer<B>>
  patch<B = Answer['body']>(path: string, body: object, headers?: CallHeaders): Promise<Answer<B>>
  delete<B = Answer['body']>(path: string, headers?: CallHeaders): Promise<Answer<B>>
  /** Cookies as they are sent now: name → value. */
  readonly cookies: Map<string, string>
  /** Asks `/auth/web/me` anew for the CSRF token; done by itself before the first unsafe call. */
  refreshCsrf(): Promise<string>
}

/** Where a person stands. */
export interface PersonOptions {
  /** URL of the service on the wire. */
  readonly url: string
  /** Origin that its pages have: `app.base_url`. */
  readonly origin: string
  readonly userAgent?: string
}

/** Makes a person without any cookie. */
export function createPerson(options: PersonOptions): Person {
  const cookies = new Map<string, string>()
  let csrf: string | undefined
  const call = async <B>(method: string, path: string, body?: object, more: CallHeaders = {}) => {
    if (!SAFE.has(method) && cookies.size > 0) csrf ??= await refreshCsrf()
    const answer = await callHttp(new URL(path, options.url), {
      method,
      headers: {
        ...headersFor(options, cookies, SAFE.has(method) ? undefined : csrf),
        ...jsonType(body),
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (keep(cookies, answer.headers)) csrf = undefined
    return answerOf<B>(answer)
  }
  const refreshCsrf = async (): Promise<string> => {
    const { body } = await call<{ csrf_token: string | null }>('GET', '/auth/web/me')
    csrf = body.csrf_token ?? ''
    return csrf
  }
  return {
    cookies,
    refreshCsrf,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    patch: (path, body, headers) => call('PATCH', path, body, headers),
    delete: (path, headers) => call('DELETE', path, undefined, headers),
  }
}

/** The browser that people use unless they say otherwise. */
export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

function headersFor(
  options: PersonOptions,
  cookies: ReadonlyMap<string, string>,
  csrf: string | undefined,
): Record<string, string> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  return {
    'user-agent': options.userAgent ?? BROWSER,
    origin: options.origin,
    ...(cookie === '' ? {} : { cookie }),
    ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }),
  }
}

function jsonType(body: object | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-type': 'application/json' }
}

/** Keeps what Set-Cookie says; true when anything changed. */
function keep(cookies: Map<string, string>, headers: Headers): boolean {
  const set = headers.getSetCookie()
  for (const text of set) {
    const [pair = '', ...attributes] = text.split(';')
    const [name = '', value = ''] = splitOnce(pair)
    const gone = attributes.some((attribute) => /^\s*max-age=0\s*$|1970/i.test(attribute))
    if (gone || value === '') cookies.delete(name)
    else cookies.set(name, value)
  }
  return set.length > 0
}

function splitOnce(pair: string): [string, string] {
  const at = pair.indexOf('=')
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
}

function answerOf<B>({ status, headers, text }: HttpAnswer): Answer<B> {
  const isJson = headers.get('content-type')?.includes('json') === true
  const body = text === '' ? null : isJson ? JSON.parse(text) : text
  return { status, headers, body: body as B }
}
