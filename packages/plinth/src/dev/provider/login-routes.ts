import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { sameText } from '../../kernel/index.ts'
import { loginPage, messagePage, type ProviderPage } from './login-page.ts'
import type { ProviderUser } from './seeded-users.ts'

/** What one HTTP exchange with the sign-in page needs. */
export interface LoginDeps {
  readonly provider: Provider
  readonly users: readonly ProviderUser[]
  /** Path of the realm, which oidc-provider does not see: `/realms/test-realm`. */
  readonly realmPath: string
}

/** Where oidc-provider sends a person who must sign in, below the realm. */
export const LOGIN_PATH = '/login/'

/** More than any user name and password need; a longer body is cut off. */
const MAX_FORM_BYTES = 8192

/** Shows the form (GET) and takes it (POST); the interaction cookie says whose sign-in it is. */
export async function handleLogin(
  deps: LoginDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const interaction = await deps.provider.interactionDetails(request, response).catch(() => null)
  if (interaction === null || !request.url?.startsWith(LOGIN_PATH + interaction.uid))
    return sendPage(response, 400, expired)
  // First-party client: consent was given by running it, so nobody is asked.
  if (interaction.prompt.name !== 'login')
    return deps.provider.interactionFinished(request, response, { consent: {} })
  const view = {
    action: deps.realmPath + LOGIN_PATH + interaction.uid,
    clientId: String(interaction.params['client_id']),
    users: deps.users,
  }
  if (request.method !== 'POST') {
    const username = String(interaction.params['login_hint'] ?? '')
    return sendPage(response, 200, loginPage({ ...view, username, wrongPassword: false }))
  }
  const form = await readForm(request)
  const username = form.get('username')?.trim() ?? ''
  const user = findUser(deps.users, username, form.get('password') ?? '')
  if (user === undefined)
    return sendPage(response, 401, loginPage({ ...view, username, wrongPassword: true }))
  const login = { accountId: user.subject, remember: true, amr: ['pwd'] }
  return deps.provider.interactionFinished(request, response, { login })
}

const expired = messagePage(
  'This sign-in has expired',
  'Go back to the service and sign in again; a sign-in page is good for one hour and one browser.',
)

function findUser(users: readonly ProviderUser[], username: string, password: string) {
  const wanted = username.toLowerCase()
  const user = users.find((each) => each.username === wanted || each.email === wanted)
  return user !== undefined && sameText(user.password, password) ? user : undefined
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const part = Buffer.from(chunk)
    bytes += part.length
    if (bytes > MAX_FORM_BYTES) return new URLSearchParams()
    chunks.push(part)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

/** Headers that every page of the provider travels with. */
export function pageHeaders(page: ProviderPage): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': page.contentSecurityPolicy,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
}

function sendPage(response: ServerResponse, status: number, page: ProviderPage): void {
  response.writeHead(status, pageHeaders(page)).end(page.body)
}
