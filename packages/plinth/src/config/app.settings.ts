import { z } from 'zod'
import { httpUrl, localPath, networks, origins, secret } from './setting.ts'

/** Environments a service may run in. */
export const ENVIRONMENTS = ['development', 'test', 'production'] as const

/** Methods that a browser on another origin may use. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

const HEADERS = [
  'Accept',
  'Authorization',
  'Content-Type',
  'If-Match',
  'If-None-Match',
  'Idempotency-Key',
  'X-API-Key',
  'X-CSRF-Token',
  'X-Request-ID',
  'X-Tenant-ID',
]

const corsSettings = z.strictObject({
  origins: origins()
    .default(['http://localhost:3000'])
    .describe(
      'Origins whose pages may call this service with the browser’s cookies; the origin of app.base_url always may.',
    ),
  allow_credentials: z
    .boolean()
    .default(true)
    .describe('Whether pages of those origins may send cookies.'),
  methods: z
    .array(z.enum(METHODS))
    .default([...METHODS])
    .describe('Methods that pages of those origins may use.'),
  headers: z
    .array(z.string().regex(/^[A-Za-z0-9-]+$/))
    .default(HEADERS)
    .describe('Request headers that pages of those origins may send.'),
})

const sessionCookieSettings = z.strictObject({
  same_site: z
    .enum(['lax', 'strict', 'none'])
    .default('lax')
    .describe('SameSite of the session cookie; none needs https and listed origins.'),
})

/** Settings of the service as a whole (`app` in config.yaml). */
export const appSettings = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(80)
    .default('My service')
    .describe('Name of the service: in its pages, documents and mails.'),
  version: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9}){0,2}$/)
    .default('1')
    .describe('Version of the API, as its OpenAPI document says it.'),
  environment: z
    .enum(ENVIRONMENTS)
    .default('development')
    .describe('Environment: development, test or production. No guard depends on it.'),
  host: z
    .string()
    .min(1)
    .default('localhost')
    .describe('Address or host name that is listened on.'),
  port: z.int().min(0).max(65_535).default(8000).describe('TCP port; 0 takes any free one.'),
  base_url: httpUrl()
    .default('http://localhost:8000')
    .describe('URL under which browsers reach this service; decides cookie name and flags.'),
  post_login_default: localPath()
    .default('/')
    .describe('Path a browser goes to after sign-in and sign-out when it asked for none.'),
  session_max_age: z
    .int()
    .min(60)
    .max(31_536_000)
    .default(3600)
    .describe('Seconds without a request after which a session ends.'),
  session_signing_secret: secret().describe(
    'Key material for everything that belongs to sessions, at least 32 random characters.',
  ),
  csrf_signing_secret: secret().describe(
    'Key material for CSRF tokens, at least 32 random characters, not the session secret.',
  ),
  session_cookie: sessionCookieSettings.describe('Flags of the session cookie.'),
  compat: z
    .array(z.enum(['s0', 's3', 's4']))
    .default([])
    .describe('Families of older documents whose paths are served too, such as /people for s3.'),
  trusted_proxies: networks()
    .default([])
    .describe('Addresses and CIDR ranges of proxies whose X-Forwarded-For is believed.'),
  cors: corsSettings.describe('Which other origins may call this service from a browser.'),
})

/** Parsed {@link appSettings}. */
export type AppSettings = z.output<typeof appSettings>
