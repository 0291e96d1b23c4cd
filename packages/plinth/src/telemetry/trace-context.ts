/** Where a request comes from, as its caller says (W3C Trace Context §3.2). */
export interface TraceParent {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string
  readonly sampled: boolean
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.{0,200})?$/

/**
 * Reads `traceparent` of a request. Anything that is not exactly as W3C Trace Context §3.2.2 says
 * counts as absent: the header is input, and its value ends up in logs.
 */
export function traceContext(headers: {
  readonly [name: string]: string | readonly string[] | undefined
}): TraceParent | undefined {
  const header = headers['traceparent']
  if (typeof header !== 'string') return undefined
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(header) ?? []
  if (version === undefined || traceId === undefined || spanId === undefined) return undefined
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags ?? '00', 16) & 1) === 1 }
}
