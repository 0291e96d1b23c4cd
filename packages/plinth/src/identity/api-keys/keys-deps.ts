import type { Clock } from '../../kernel/index.ts'
import type { Notify } from '../../notify/index.ts'
import type { ApiKeySettings } from './api-keys.settings.ts'

/** What making and changing keys needs. */
export interface KeysDeps {
  readonly clock: Clock
  readonly settings: ApiKeySettings
  readonly notify: Pick<Notify, 'mail'>
  /** `app.base_url`, for the mails. */
  readonly baseUrl: string
  /** Test keys are neither made nor taken there. */
  readonly production: boolean
}
