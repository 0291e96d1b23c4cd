import type { Attributes, Context, Span } from '@opentelemetry/api'
import type { TelemetrySettings } from './telemetry.settings.ts'
import type { TraceParent } from './trace-context.ts'

/** Facts of a span: no secret, no personal data. */
export type SpanAttributes = Attributes

/** A span whose work is not one function. */
export interface OpenSpan {
  /** Runs `next`; what follows from it, also later, is inside the span. */
  run(next: () => void): void
  /** Ends it under its final name. */
  end(end: {
    readonly name: string
    readonly attributes: SpanAttributes
    readonly failed: boolean
  }): void
}

/** Makes spans. */
export interface Tracer {
  /** Runs `work` in a span and ends the span with it; an error marks the span and passes through. */
  inSpan<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T>
  /** Opens the span of a request, below the caller's span if `traceContext()` found one. */
  openSpan(name: string, attributes: SpanAttributes, parent: TraceParent | undefined): OpenSpan
  /** What to say at start: spans were asked for and nothing will carry them; undefined when all is well. */
  readonly announcement: string | undefined
}

type TracerSettings = Pick<
  TelemetrySettings,
  'otel_enabled' | 'otel_service_name' | 'otel_exporter_otlp_endpoint'
>

/**
 * Spans through the OpenTelemetry API alone: the SDK is the owner's choice, loaded with
 * `node --import`. Undefined when OTEL_ENABLED is false: then not even the API is loaded.
 */
export async function createTracer(settings: TracerSettings): Promise<Tracer | undefined> {
  if (!settings.otel_enabled) return undefined
  const api = await import('@opentelemetry/api')
  const tracer = api.trace.getTracer(settings.otel_service_name)
  const SERVER = api.SpanKind.SERVER
  return {
    inSpan: (name, attributes, work) =>
      tracer.startActiveSpan(name, { attributes }, (span) => run(api, span, work)),
    openSpan: (name, attributes, parent) => {
      const within = contextOf(api, parent)
      const span = tracer.startSpan(name, { attributes, kind: SERVER }, within)
      return {
        run: (next) => api.context.with(api.trace.setSpan(within, span), next),
        end: (end) => {
          span.updateName(end.name).setAttributes(end.attributes)
          if (end.failed) span.setStatus({ code: api.SpanStatusCode.ERROR })
          span.end()
        },
      }
    },
    announcement: hasSdk(api) ? undefined : announcementFor(settings),
  }
}

type Api = typeof import('@opentelemetry/api')

async function run<T>(api: Api, span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // The error's own text stays out of the span: it may hold what the log would have scrubbed.
    span.setStatus({ code: api.SpanStatusCode.ERROR })
    span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
    throw error
  } finally {
    span.end()
  }
}

function contextOf({ context, trace, TraceFlags }: Api, parent: TraceParent | undefined): Context {
  if (parent === undefined) return context.active()
  const { traceId, spanId, sampled } = parent
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE
  return trace.setSpanContext(context.active(), { traceId, spanId, traceFlags, isRemote: true })
}

function hasSdk({ trace, ProxyTracerProvider }: Api): boolean {
  const provider = trace.getTracerProvider()
  if (!(provider instanceof ProxyTracerProvider)) return true
  return provider.getDelegateTracer('plinth') !== undefined
}

function announcementFor({ otel_exporter_otlp_endpoint: endpoint }: TracerSettings): string {
  const where = endpoint === undefined ? '' : ` to ${endpoint}`
  return `OTEL_ENABLED is true, but no OpenTelemetry SDK is loaded, so no span is exported${where}: start with "node --import <your SDK file>", or set OTEL_ENABLED=false.`
}
