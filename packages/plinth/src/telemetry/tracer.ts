import {
  type Attributes,
  type Context,
  context,
  ProxyTracerProvider,
  type Span,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import type { TelemetrySettings } from './telemetry.settings.ts'
import type { TraceParent } from './trace-context.ts'

/** Facts of a span: no secret, no personal data. */
export type SpanAttributes = Attributes

/** Makes spans. */
export interface Tracer {
  /**
   * Runs `work` in a span and ends the span with it; an error marks the span and passes through.
   * @param parent the caller's span, from `traceContext()`
   */
  inSpan<T>(
    name: string,
    attributes: SpanAttributes,
    work: () => Promise<T>,
    parent?: TraceParent,
  ): Promise<T>
  /** What to say at start: spans were asked for and nothing will carry them; undefined when all is well. */
  readonly announcement: string | undefined
}

type TracerSettings = Pick<
  TelemetrySettings,
  'otel_enabled' | 'otel_service_name' | 'otel_exporter_otlp_endpoint'
>

/**
 * Spans through the OpenTelemetry API alone: the SDK is the owner's choice, loaded with
 * `node --import`. Without one, or with OTEL_ENABLED false, `work` runs as if this were not here.
 */
export function createTracer(settings: TracerSettings): Tracer {
  if (!settings.otel_enabled) {
    return { inSpan: (_name, _attributes, work) => work(), announcement: undefined }
  }
  const tracer = trace.getTracer(settings.otel_service_name)
  return {
    inSpan: (name, attributes, work, parent) =>
      tracer.startActiveSpan(name, { attributes }, contextOf(parent), (span) => run(span, work)),
    announcement: hasSdk() ? undefined : announcementFor(settings),
  }
}

async function run<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // The error's own text stays out of the span: it may hold what the log would have scrubbed.
    span.setStatus({ code: SpanStatusCode.ERROR })
    span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
    throw error
  } finally {
    span.end()
  }
}

function contextOf(parent: TraceParent | undefined): Context {
  if (parent === undefined) return context.active()
  const { traceId, spanId, sampled } = parent
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE
  return trace.setSpanContext(context.active(), { traceId, spanId, traceFlags, isRemote: true })
}

function hasSdk(): boolean {
  const provider = trace.getTracerProvider()
  if (!(provider instanceof ProxyTracerProvider)) return true
  return provider.getDelegateTracer('plinth') !== undefined
}

function announcementFor({ otel_exporter_otlp_endpoint: endpoint }: TracerSettings): string {
  const where = endpoint === undefined ? '' : ` to ${endpoint}`
  return `OTEL_ENABLED is true, but no OpenTelemetry SDK is loaded, so no span is exported${where}: start with "node --import <your SDK file>", or set OTEL_ENABLED=false.`
}
