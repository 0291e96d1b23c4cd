import { completeLogin, startProvider, testClient } from '../../dev/index.ts'
import { CLIENT, type RealProvider } from './real-provider.fixture.ts'
import { signInSuite } from './sign-in-suite.fixture.ts'

signInSuite('development provider', open, { rotateKeys: false })

async function open(): Promise<RealProvider> {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const provider = await startProvider({ port: 0, clients: [testClient()], log })
  return {
    issuer: provider.issuer,
    // RFC 8707: it gives a token for the API to who names the API.
    forTheApi: { resource: 'api://default' },
    audience: 'api://default',
    authorizedParty: undefined,
    logIn: completeLogin,
    callAtLogout: (url) => provider.callAtLogout(CLIENT.id, url),
    [Symbol.asyncDispose]: () => provider.stop(),
  }
}
