export type { AppSettings } from './app.settings.ts'
export { appSettings, ENVIRONMENTS } from './app.settings.ts'
export { renderConfigurationDocs } from './configuration-docs.ts'
export type { SettingRow } from './describe-settings.ts'
export { describeSettings } from './describe-settings.ts'
export { platformNames } from './environment-names.ts'
export type { Explained, Explanation } from './explain.ts'
export { explainSettings } from './explain.ts'
export type { Fault, FaultCode, Notice } from './fault.ts'
export { faultLine, noticeLine } from './fault.ts'
export type { GivenValue, GivenValues, Loaded, LoadOptions } from './load-config.ts'
export { loadConfig } from './load-config.ts'
export { namesFaults } from './names-faults.ts'
export { nearest } from './nearest.ts'
export {
  isLoopbackHost,
  noOwnerUrlRule,
  productionFaults,
  productionRules,
  serviceRules,
} from './production-rules.ts'
export { redacted } from './redact.ts'
export type { Read, Rule } from './rule.ts'
export type { SecretSetting, TextSetting } from './setting.ts'
export { credential, httpUrl, localPath, networks, origin, origins, secret } from './setting.ts'
export type { KeyAlias, LaterKey, SettingNames, VariableName } from './setting-names.ts'
export type { Source } from './source.ts'
export { sourceText } from './source.ts'
export type { ResolveSecret } from './substitute-tree.ts'
export type { RunningFacts, UnsafeChoice } from './unsafe-choices.ts'
export { unsafeChoices } from './unsafe-choices.ts'
export type { Origin, Variable } from './variable.ts'
