import { oidcSettings } from './oidc/oidc.settings.ts'
import { sessionSettings } from './sessions/sessions.settings.ts'

/** The settings of this room by their key in config.yaml. */
export const identitySettings = { oidc: oidcSettings, sessions: sessionSettings } as const
