import { KEYCLOAK_REALM, keycloakDevelopmentAdmin } from './keycloak-release.ts'

/** Calls of Keycloak's administration (Admin REST API), in the realm of the template. */
export interface KeycloakAdmin {
  /** The body of a GET. */
  read<T>(path: string): Promise<T>
  /** Sends a body, or none. */
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<void>
}

/**
 * Signs in as the development administrator of a Keycloak on this machine.
 * @param origin `http://localhost:8080`
 * @throws Error when it refuses, which it does where somebody changed that password
 */
export async function keycloakAdmin(origin: string): Promise<KeycloakAdmin> {
  const token = await accessToken(origin)
  const call = async (method: string, path: string, body?: object): Promise<Response> => {
    const answer = await fetch(`${origin}/admin/realms/${KEYCLOAK_REALM}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`Keycloak answered ${answer.status} to ${method} ${path}.`)
    return answer
  }
  return {
    read: async <T>(path: string) => (await (await call('GET', path)).json()) as T,
    send: async (method, path, body) => {
      await (await call(method, path, body)).body?.cancel()
    },
  }
}

async function accessToken(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      ...keycloakDevelopmentAdmin,
    }),
  })
  const said = (await answer.json()) as { readonly access_token?: string }
  if (said.access_token !== undefined) return said.access_token
  throw new Error('Keycloak does not take the development administrator admin / admin.')
}

interface Client {
  readonly id: string
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * Tells Keycloak where the service is called when somebody signs out (OpenID Connect Back-Channel
 * Logout 1.0, 2.2): the service's port is known only when it has been found free.
 */
export async function setBackchannelLogoutUrl(
  admin: KeycloakAdmin,
  clientId: string,
  url: string,
): Promise<void> {
  const [client] = await admin.read<Client[]>(`/clients?clientId=${encodeURIComponent(clientId)}`)
  if (client === undefined) throw new Error(`Keycloak has no client ${clientId}.`)
  const attributes = { ...client.attributes, 'backchannel.logout.url': url }
  await admin.send('PUT', `/clients/${client.id}`, { ...client, attributes })
}
