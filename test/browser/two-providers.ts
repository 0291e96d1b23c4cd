import { startProvider, testClient } from '../../packages/plinth/src/dev/index.ts'
import type { TemplateService } from './template-service.ts'
import { openTemplateService } from './template-service.ts'

/** The template's service with two providers: `keycloak` and, labelled "Acme", `acme`. */
export async function openTwoProviders(): Promise<TemplateService> {
  const log = { info() {}, warn() {}, error() {} }
  const client = testClient(['http://localhost:8000'])
  const acme = await startProvider({ port: 0, clients: [client], log })
  const service = await openTemplateService({
    settings: {
      'app.name': 'Lamp shop',
      'oidc.providers.acme.issuer': acme.issuer,
      'oidc.providers.acme.label': 'Acme',
      'oidc.providers.acme.client_id': client.clientId,
      'oidc.providers.acme.client_secret': client.clientSecret,
    },
  })
  return {
    ...service,
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      await acme.stop()
    },
  }
}
