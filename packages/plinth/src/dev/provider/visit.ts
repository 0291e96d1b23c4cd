/** Cookies by name; hand the same map to two sign-ins and they come from one browser. */
export type CookieJar = Map<string, string>

/** One step of a browser: a GET, or a form that is sent. Redirects are the caller's to follow. */
export async function visit(
  url: string,
  form: URLSearchParams | undefined,
  jar: CookieJar,
): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const response = await fetch(url, {
    redirect: 'manual',
    headers: { cookie, accept: 'text/html' },
    ...(form === undefined ? {} : { method: 'POST', body: form }),
  })
  for (const line of response.headers.getSetCookie()) {
    const [pair = ''] = line.split(';')
    const [name = '', ...value] = pair.split('=')
    if (value.join('=') === '' || /max-age=0\b|expires=Thu, 01 Jan 1970/i.test(line))
      jar.delete(name)
    else jar.set(name, value.join('='))
  }
  return response
}
