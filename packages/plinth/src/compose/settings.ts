import { z } from 'zod'
import { redisSettings } from '../cache/index.ts'
import { appSettings } from '../config/index.ts'
import { databaseSettings } from '../data/index.ts'
import { httpSettings, rateLimiterSettings } from '../http/index.ts'
import {
  accountSettings,
  apiKeySettings,
  jwtSettings,
  mfaSettings,
  oauthSettings,
  oidcSettings,
  passkeySettings,
  peopleSettings,
  sessionSettings,
  tokenSettings,
} from '../identity/index.ts'
import { jobsSettings } from '../jobs/index.ts'
import { notifySettings } from '../notify/index.ts'
import { outboundSettings } from '../outbound/index.ts'
import { loggingSettings, telemetrySettings } from '../telemetry/index.ts'
import { tenancySettings } from '../tenancy/index.ts'
import { temporalSettings } from '../workflows/index.ts'

/** The whole `config:` block of a service: each room's own settings under its name. */
export const serviceSettings = z.strictObject({
  app: appSettings,
  http: httpSettings,
  database: databaseSettings,
  oidc: oidcSettings,
  sessions: sessionSettings,
  tokens: tokenSettings,
  jwt: jwtSettings,
  oauth: oauthSettings,
  accounts: accountSettings,
  mfa: mfaSettings,
  people: peopleSettings,
  passkeys: passkeySettings,
  api_keys: apiKeySettings,
  tenancy: tenancySettings,
  jobs: jobsSettings,
  notify: notifySettings,
  outbound: outboundSettings,
  logging: loggingSettings,
  telemetry: telemetrySettings,
  redis: redisSettings,
  rate_limiter: rateLimiterSettings,
  temporal: temporalSettings,
})

/** Parsed {@link serviceSettings}. */
export type ServiceConfig = z.output<typeof serviceSettings>
