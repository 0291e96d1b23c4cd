import type { OidcSettings } from './oidc.settings.ts'
import type { ProviderSettings } from './provider.settings.ts'
import type { Provider, ProviderDeps } from './provider.ts'
import { createProvider } from './provider.ts'

/** The providers that people may sign in through. */
export interface Providers {
  readonly all: readonly Provider[]
  /** The provider of a name; the default one for none, an empty one and `default` (contract C31). */
  find(name: string | undefined): Provider | undefined
  /** The OpenID providers that issue tokens in a name: usually one, or as many as we are clients of it. */
  issuing(issuer: string): readonly Provider[]
}

/** What the providers are made with. */
export interface ProvidersDeps extends ProviderDeps {
  readonly production: boolean
}

/** Makes the enabled providers; each one that is left out is one log line. */
export function createProviders(deps: ProvidersDeps): Providers {
  const byName = new Map<string, Provider>()
  const isOn = (own: ProviderSettings) => offBecause(own, deps.production) === undefined
  const several = Object.values(deps.settings.providers).filter(isOn).length > 1
  for (const [name, own] of Object.entries(deps.settings.providers)) {
    const why = offBecause(own, deps.production)
    if (why !== undefined || !hasClient(own))
      deps.log.info({ provider: name, why }, 'provider is off')
    else byName.set(name, createProvider({ ...deps, several }, name, own))
  }
  const all = [...byName.values()]
  const usual = defaultProvider(deps.settings, [...byName.keys()])
  return {
    all,
    find: (name) => byName.get(isNamed(name) ? name : usual),
    issuing: (issuer) => all.filter((one) => one.protocol === 'openid' && one.isIssuer(issuer)),
  }
}

function isNamed(name: string | undefined): name is string {
  return name !== undefined && name !== '' && name !== 'default'
}

/**
 * The provider of a sign-in that names none: the only one that is on, whatever the settings say of
 * one that is off or not there, else the configured one.
 * @param on names of the providers that are on
 */
export function defaultProvider(
  { default_provider: configured }: Pick<OidcSettings, 'default_provider'>,
  on: readonly string[],
): string {
  return on.length === 1 ? (on[0] ?? configured) : configured
}

/** Why people may not sign in through a provider; undefined when they may. */
export function offBecause(own: ProviderSettings, production: boolean): string | undefined {
  if (!own.enabled) return 'enabled is false'
  if (own.dev_only && production) return 'dev_only in production'
  return hasClient(own) ? undefined : 'client_id is not set'
}

function hasClient(
  own: ProviderSettings,
): own is ProviderSettings & { readonly client_id: string } {
  return own.client_id !== undefined && own.client_id !== ''
}
