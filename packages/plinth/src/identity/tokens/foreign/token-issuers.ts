import type { Outbound } from '../../../outbound/index.ts'
import { providerSettings } from '../../oidc/provider.settings.ts'
import type { Provider, ProviderDeps } from '../../oidc/provider.ts'
import { createProvider } from '../../oidc/provider.ts'
import type { Providers } from '../../oidc/providers.ts'
import type { IssuerSettings, JwtSettings } from '../jwt.settings.ts'

/** Somebody whose access tokens are accepted. */
export interface TokenIssuer extends Pick<Provider, 'name' | 'clientId' | 'keys'> {
  /** What holds for its tokens in the place of what holds for all. */
  readonly own?: Pick<IssuerSettings, 'audiences' | 'authorized_parties' | 'algorithms'>
}

/** Everybody whose access tokens are accepted. */
export interface TokenIssuers {
  /** Those that issue in a name: usually one, or as many as we are clients of a provider. */
  issuing(issuer: string): readonly TokenIssuer[]
}

/** What the issuers are made with. */
export interface TokenIssuersDeps extends Pick<ProviderDeps, 'clock' | 'log'> {
  readonly providers: Providers
  readonly outbound: Outbound
  readonly settings: JwtSettings
  readonly oidc: ProviderDeps['settings']
}

/**
 * The providers that people sign in through, and the issuers that only tokens come from
 * (`jwt.issuers`). Where both name one issuer, what `jwt.issuers` says of it counts.
 */
export function createTokenIssuers(deps: TokenIssuersDeps): TokenIssuers {
  const listed = Object.entries(deps.settings.issuers).map(([name, own]) =>
    issuerOf(deps, name, own),
  )
  return {
    issuing(issuer) {
      const found = listed.filter((one) => one.isIssuer(issuer))
      return found.length > 0 ? found : deps.providers.issuing(issuer)
    },
  }
}

/** A provider that nobody signs in through: discovery and keys, and no client of ours. */
function issuerOf(
  { outbound, clock, log, oidc: settings }: TokenIssuersDeps,
  name: string,
  own: IssuerSettings,
): TokenIssuer & Pick<Provider, 'isIssuer'> {
  const { issuer, jwks_uri, allowed_tenants } = own
  const client_id = own.client_id ?? ''
  const fields = providerSettings.parse({ issuer, jwks_uri, allowed_tenants, client_id })
  const provider = createProvider({ settings, outbound, clock, log, use: 'keys' }, name, {
    ...fields,
    client_id,
  })
  return { ...provider, own }
}
