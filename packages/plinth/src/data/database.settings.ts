import { z } from 'zod'
import { parseDatabaseUrl } from './database-url.ts'

const url = z.string().superRefine((text, context) => {
  try {
    parseDatabaseUrl(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : 'is not a database URL'
    context.addIssue({ code: 'custom', message })
  }
})

const milliseconds = (fallback: number, meaning: string) =>
  z.int().min(0).max(3_600_000).default(fallback).describe(meaning)

const tls = z.strictObject({
  mode: z
    .enum(['auto', 'disable', 'require', 'verify-ca', 'verify-full'])
    .default('auto')
    .describe(
      'TLS to the database: auto follows sslmode of the URL, else verifies fully, except on loopback where it is off.',
    ),
  ca_file: z.string().optional().describe('File with the certificates of the issuer, PEM.'),
  cert_file: z.string().optional().describe('File with the client certificate, PEM.'),
  key_file: z.string().optional().describe('File with the key of the client certificate, PEM.'),
})

/** Settings of the database. Names and defaults of the first five are contract 3.2. */
export const databaseSettings = z.strictObject({
  url: url
    .optional()
    .describe('URL of the app role: postgresql://user:password@host:5432/database.'),
  owner_url: url
    .optional()
    .describe('URL of the owner role; read by "plinth db" only, never by the running service.'),
  listen_url: url
    .optional()
    .describe('URL that reaches the server without a pooler, for LISTEN; url by default.'),
  password_file: z
    .string()
    .optional()
    .describe('File with the password of url, read for each new connection.'),
  pool_size: z
    .int()
    .min(1)
    .max(1_000)
    .default(20)
    .describe('Connections that one process keeps open.'),
  max_overflow: z
    .int()
    .min(0)
    .max(1_000)
    .default(10)
    .describe('Connections that one process may open beyond pool_size when it is busy.'),
  pool_timeout: z
    .number()
    .min(0.05)
    .max(600)
    .default(30)
    .describe('Seconds that a request waits for a free connection before it is answered with 503.'),
  pool_recycle: z
    .int()
    .min(1)
    .max(86_400)
    .default(1_800)
    .describe('Seconds after which a connection is replaced by a new one.'),
  connect_timeout_ms: z
    .int()
    .min(50)
    .max(60_000)
    .default(5_000)
    .describe('Milliseconds in which a new connection must stand.'),
  statement_timeout_ms: milliseconds(
    30_000,
    'Milliseconds after which a statement is cancelled; 0 leaves it to the role.',
  ),
  lock_timeout_ms: milliseconds(
    5_000,
    'Milliseconds that a statement waits for a lock; 0 leaves it to the role.',
  ),
  idle_in_transaction_timeout_ms: milliseconds(
    15_000,
    'Milliseconds that an open transaction may do nothing; 0 leaves it to the role.',
  ),
  prepared: z
    .boolean()
    .default(true)
    .describe('Prepared statements; false for poolers that do not know them.'),
  migrations: z
    .enum(['plinth', 'external'])
    .default('plinth')
    .describe(
      'Who migrates the tables of the service: "plinth db", or another tool (the platform\'s own tables are always ours).',
    ),
  tls: tls.prefault({}).describe('How the connection to the database is protected.'),
})

/** Parsed {@link databaseSettings}. */
export type DatabaseSettings = z.output<typeof databaseSettings>
