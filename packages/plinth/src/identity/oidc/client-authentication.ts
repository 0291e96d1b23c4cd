import type { OutboundRequest } from '../../outbound/index.ts'
import type { Provider } from './provider.ts'

/** A POST of a form that says who we are, to an endpoint of a provider. */
export type ClientRequest = Required<
  Pick<OutboundRequest, 'url' | 'reach' | 'method' | 'headers' | 'body'>
>

/**
 * Makes the request that a client sends to a provider's token or revocation endpoint. The secret
 * stands in the header, or in the form where settings say so, and never in a URL (RFC 6749 2.3.1).
 */
export function clientRequest(
  provider: Pick<Provider, 'clientId' | 'clientSecret' | 'authMethod' | 'reach'>,
  url: string,
  fields: Readonly<Record<string, string>>,
): ClientRequest {
  const { clientId, clientSecret: secret, authMethod, reach } = provider
  const form = new URLSearchParams({ ...fields, client_id: clientId })
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }
  if (secret !== undefined && authMethod === 'client_secret_post') {
    form.set('client_secret', secret.reveal())
  } else if (secret !== undefined) {
    headers['authorization'] = basic(clientId, secret.reveal())
  }
  return { url, reach, method: 'POST', headers, body: form.toString() }
}

/** Both parts are form-encoded first (RFC 6749 2.3.1). */
function basic(clientId: string, secret: string): string {
  const pair = `${formEncoded(clientId)}:${formEncoded(secret)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}
