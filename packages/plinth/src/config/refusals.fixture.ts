import assert from 'node:assert/strict'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { loggingSettings, telemetrySettings } from '../telemetry/index.ts'
import { appSettings } from './app.settings.ts'
import { platformNames } from './environment-names.ts'
import { faultLine } from './fault.ts'
import { loadConfig } from './load-config.ts'
import { serviceRules } from './production-rules.ts'
import { credential, httpUrl } from './setting.ts'

const isLong = (text: string | undefined): text is string => (text?.length ?? 0) > 30
/** A session secret like those that are made. */
export const SESSION = 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA'
const CSRF = 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss'
/** What every service has. */
export const KEYS = { SESSION_SIGNING_SECRET: SESSION, CSRF_SIGNING_SECRET: CSRF }
export const METRICS_TOKEN = 'm4Kd8Qz1Vn6Xc3Bf9Ls2'
/** What a service in production has beside them. */
export const PRODUCTION = { ENVIRONMENT: 'production', BASE_URL: 'https://api.test', METRICS_TOKEN }
/** The command that makes a secret. */
export const GENERATE = 'openssl rand -base64 32'

const provider = z.strictObject({
  issuer: httpUrl(),
  client_id: z.string().optional(),
  client_secret: credential().optional(),
  dev_only: z.boolean().default(false),
})

/** The settings of a small service. */
export const schema = z.strictObject({
  app: appSettings,
  database: z.strictObject({ url: z.string().optional(), owner_url: z.string().optional() }),
  telemetry: telemetrySettings.prefault({}),
  logging: loggingSettings.prefault({}),
  http: z
    .strictObject({
      headers_timeout_ms: z.int().default(10_000),
      request_timeout_ms: z.int().default(30_000),
    })
    .prefault({}),
  oidc: z.strictObject({ providers: z.record(z.string(), provider).default({}) }),
  tenancy: z.strictObject({
    strategies: z.array(z.string()).default([]),
    base_domain: z.string().optional(),
  }),
  notify: z.strictObject({ sms: z.strictObject({ adapter: z.string().default('off') }) }).prefault({
    sms: {},
  }),
})

/** A configuration, and each line of its refusal. */
export interface Case {
  readonly title: string
  readonly yaml?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly dotenv?: string
  readonly lines: readonly string[]
}

/** The block `app`. */
export const app = (...lines: readonly string[]) =>
  `  app:\n${lines.map((line) => `    ${line}\n`).join('')}`
/** A provider called keycloak. */
export const keycloak = (...lines: readonly string[]) =>
  `  oidc:\n    providers:\n      keycloak:\n${lines.map((line) => `        ${line}\n`).join('')}`

/** The lines with which a configuration is refused; none when it is not. */
export async function refusals({ yaml = '', env, dotenv }: Case): Promise<readonly string[]> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plinth-refused-'))
  await writeFile(join(folder.path, 'config.yaml'), `config:\n${yaml}`)
  if (dotenv !== undefined) await writeFile(join(folder.path, '.env'), dotenv)
  const result = await loadConfig({
    schema,
    names: platformNames,
    cwd: folder.path,
    env: { ...KEYS, DATABASE_URL: 'postgres:///app', ...env },
    rules: serviceRules,
  })
  return result.ok ? [] : result.faults.map(faultLine)
}

/** A test for each case: its lines, in good time, and no secret in them. */
export function testRefusals(cases: readonly Case[]): void {
  for (const refused of cases) {
    test(`FI-52 ${refused.title}`, async () => {
      const started = process.cpuUsage()
      const lines = await refusals(refused)
      assert.deepEqual(lines, refused.lines)
      const { user, system } = process.cpuUsage(started)
      // Of the processor: what else the machine does is not counted.
      assert.ok((user + system) / 1_000 < 2_000)
      for (const value of Object.values({ ...KEYS, ...refused.env }).filter(isLong)) {
        assert.ok(!lines.join().includes(value), 'a secret was printed')
      }
    })
  }
}
