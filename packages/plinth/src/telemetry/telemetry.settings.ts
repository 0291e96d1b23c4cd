import { z } from 'zod'
import { Secret } from '../kernel/index.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** How much is logged. */
export type LogLevel = (typeof LEVELS)[number]

/** Accepts `INFO` and `WARNING` as other loggers spell them. */
const level = z
  .string()
  .toLowerCase()
  .transform((name) => (name === 'warning' ? 'warn' : name))
  .pipe(z.enum(LEVELS))

/** Settings of the log (`logging` in config.yaml). */
export const loggingSettings = z.strictObject({
  level: level
    .default('debug')
    .describe('Least severe level that is logged: debug, info, warning or error.'),
  format: z
    .enum(['json', 'text'])
    .default('json')
    .describe('json: one object on each line, for machines; text: for a person at a terminal.'),
  file: z
    .string()
    .nullable()
    .default('logs/app.log')
    .describe('File that also receives every line; null or empty writes to standard output only.'),
  max_size_mb: z
    .int()
    .min(1)
    .max(10_240)
    .default(5)
    .describe('Size in megabytes at which the file is set aside and a new one begins.'),
  backup_count: z
    .int()
    .min(0)
    .max(100)
    .default(5)
    .describe('Number of files set aside that are kept beside the current one.'),
})

/** The parsed settings of the log. */
export type LoggingSettings = z.output<typeof loggingSettings>

/** Settings of metrics and traces (`telemetry` in config.yaml). */
export const telemetrySettings = z.strictObject({
  metrics_token: z
    .string()
    .min(16, 'has fewer than 16 characters → use the output of: openssl rand -base64 32')
    .meta({ secret: true, takes: 'a secret' })
    .transform((token) => new Secret(token))
    .optional()
    .describe('Bearer token of GET /metrics (METRICS_TOKEN); without it only loopback may read.'),
  otel_enabled: z
    .stringbool()
    .or(z.boolean())
    .default(false)
    .describe('Whether spans are handed to the OpenTelemetry SDK of the process (OTEL_ENABLED).'),
  otel_service_name: z
    .string()
    .min(1)
    .default('plinth')
    .describe('Name of the tracer under which spans are made (OTEL_SERVICE_NAME).'),
  otel_exporter_otlp_endpoint: z
    .url()
    .optional()
    .describe('Collector address, read by the OpenTelemetry SDK (OTEL_EXPORTER_OTLP_ENDPOINT).'),
})

/** The parsed settings of metrics and traces. */
export type TelemetrySettings = z.output<typeof telemetrySettings>
