import type { Clock } from '../../kernel/index.ts'
import type { Notify } from '../../notify/index.ts'
import type { PermissionCatalogue } from '../../tenancy/index.ts'
import type { ApiKeySettings } from './api-keys.settings.ts'

/** What making and changing keys needs. */
export interface KeysDeps {
  readonly clock: Clock
  readonly settings: ApiKeySettings
  readonly notify: Pick<Notify, 'mail'>
  /** `app.base_url`, for the mails. */
  readonly baseUrl: string
  /** What the service declares; not known on the command line, where scopes are taken as they are. */
  readonly catalogue?: () => PermissionCatalogue
  /** Test keys are neither made nor taken there. */
  readonly production: boolean
}
