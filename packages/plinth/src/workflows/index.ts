export { pingTemporal } from './ping-temporal.ts'
export type { TemporalSettings } from './temporal.settings.ts'
export { temporalSettings } from './temporal.settings.ts'
