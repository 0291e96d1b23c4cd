interface OutgoingRequest {
  method?: string
  headers?: Record<string, string>
}

/**
 * Gives a request that a reader tries out on the documentation page the CSRF token of their session.
 * The page receives the text of this function, so it may use nothing from outside itself.
 */
export async function addCsrfToken(request: OutgoingRequest): Promise<OutgoingRequest> {
  if (request.method === undefined || /^(get|head)$/i.test(request.method)) return request
  const answer = await fetch('/auth/web/me', { headers: { accept: 'application/json' } })
  const me = (answer.ok ? await answer.json() : {}) as { csrf_token?: string | null }
  const token = me.csrf_token
  if (token) request.headers = { ...request.headers, 'X-CSRF-Token': token }
  return request
}
