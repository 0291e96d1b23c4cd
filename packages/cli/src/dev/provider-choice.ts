import { misuse } from '../cli-error.ts'
import { suggestion } from '../suggestion.ts'

/** The identity providers that can run on this machine; the first one unless somebody says otherwise. */
export const PROVIDERS = ['development', 'keycloak'] as const

/** Name of one of them. */
export type ProviderChoice = (typeof PROVIDERS)[number]

/** The option of every command that may start a provider. */
export const providerArgument = {
  provider: {
    type: 'string',
    valueHint: 'development|keycloak',
    description: 'Identity provider to start: the built-in one, or Keycloak (Java or Docker)',
  },
} as const

/**
 * The provider that a person named; undefined when none was.
 * @throws CliError naming the nearest one
 */
export async function providerNamed(name: string | undefined): Promise<ProviderChoice | undefined> {
  if (name === undefined) return undefined
  const found = PROVIDERS.find((each) => each === name)
  if (found !== undefined) return found
  const near = await suggestion(name, PROVIDERS)
  const hint = near === undefined ? '' : ` Did you mean ${near}?`
  throw misuse(`--provider takes ${PROVIDERS.join(' or ')}, not "${name}".${hint}`)
}

/**
 * Refuses a provider that would not be used, or that is not the one that runs.
 * @throws CliError saying which one stands in the way
 */
export function refuseOtherProvider(
  wanted: ProviderChoice | undefined,
  { needed, running }: { needed: boolean; running?: ProviderChoice | undefined },
): void {
  if (wanted === undefined) return
  if (!needed)
    throw misuse(
      'The configuration names an identity provider of its own (oidc.providers.keycloak.issuer), so none is started here; leave out --provider.',
    )
  if (running !== undefined && running !== wanted)
    throw misuse(
      `The ${running} provider runs here already; stop it with \`plinth dev stop\`, then start again with --provider ${wanted}.`,
    )
}
