import { startProvider, testClient } from '../../packages/plinth/src/dev/index.ts'
import type { TemplateService } from './template-service.ts'
import { openTemplateService } from './template-service.ts'

/** The template's service with two providers: `keycloak` and, labelled "Acme", `acme`. */
export async function openTwoProviders(): Promise<TemplateService> {
  await using opening = new AsyncDisposableStack()
  const log = { info() {}, warn() {}, error() {} }
  const client = testClient(['http://localhost:8000'])
  const acme = await startProvider({ port: 0, clients: [client], log })
  opening.defer(() => acme.stop())
  const service = await openTemplateService({
    settings: {
      'app.name': 'Lamp shop',
      'oidc.providers.acme.issuer': acme.issuer,
      'oidc.providers.acme.label': 'Acme',
      'oidc.providers.acme.client_id': client.clientId,
      'oidc.providers.acme.client_secret': client.clientSecret,
    },
  })
  opening.use(service)
  const opened = opening.move()
  return { ...service, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
