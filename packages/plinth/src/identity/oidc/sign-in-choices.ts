import type { OidcSettings } from './oidc.settings.ts'
import type { ProviderSettings } from './provider.settings.ts'
import { defaultProvider, offBecause } from './providers.ts'

/** A provider as people see it. */
export interface SignInChoice {
  /** Its key under `oidc.providers`. */
  readonly name: string
  /** What people call it. */
  readonly label: string
  readonly isDefault: boolean
}

// Names whose capitals are not where a rule would put them.
const SPELLED: Readonly<Record<string, string>> = { github: 'GitHub', gitlab: 'GitLab' }

/** The providers that people may sign in through: the default one first, the others as configured. */
export function signInChoices(
  settings: OidcSettings,
  production: boolean,
): readonly SignInChoice[] {
  const on = Object.entries(settings.providers).filter(
    ([, own]) => offBecause(own, production) === undefined,
  )
  const usual = defaultProvider(
    settings,
    on.map(([name]) => name),
  )
  const choices = on.map(([name, own]) => ({
    name,
    label: labelOf(name, own),
    isDefault: name === usual,
  }))
  return choices.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault))
}

function labelOf(name: string, { label }: Pick<ProviderSettings, 'label'>): string {
  return label ?? SPELLED[name] ?? capitalised(name)
}

function capitalised(name: string): string {
  return name
    .split(/[_-]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}
