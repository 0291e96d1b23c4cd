import { serviceSettings } from '../../packages/plinth/src/compose/settings.ts'
import {
  describeSettings,
  platformNames,
  renderConfigurationDocs,
  type SettingRow,
} from '../../packages/plinth/src/config/index.ts'

/** Every setting of a service, in the order of the rooms. */
export const settingRows = (): readonly SettingRow[] =>
  describeSettings(serviceSettings, platformNames)

/** docs/configuration.md. */
export const configurationDocument = async (): Promise<string> =>
  renderConfigurationDocs(settingRows(), platformNames)
