import type { HttpDeps } from '../deps.ts'

/** Where browsers report what a page's policy refused (ASVS 3.4.7). */
export const REPORTS_PATH = '/csp-reports'

/** Headers of every answer (contract 22). Pages replace the policy by their own. */
export function securityHeaders(options: { https: boolean; hsts: string }): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Own pages included: an address may hold what a header to the next page should not.
    'referrer-policy': 'strict-origin',
    'permissions-policy': 'geolocation=(), microphone=(), camera=()',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    // An answer that a person opens as a document has no scripts, no origin and no forms.
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    // Answers differ by who asks: no cache may keep one unless its route says so.
    'cache-control': 'no-store',
    vary: 'Cookie, Origin',
    ...(options.https ? { 'strict-transport-security': options.hsts } : {}),
  }
}

/** The headers of every answer of one service. */
export function headersFor(
  deps: Pick<HttpDeps, 'baseUrl' | 'settings'>,
): Readonly<Record<string, string>> {
  const https = deps.baseUrl.startsWith('https:')
  return securityHeaders({ https, hsts: deps.settings.hsts })
}

/** The headers of an HTML page: its policy, and where the browser reports what breaks it. */
export function pageHeaders(nonce: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': pagePolicy(nonce),
    'reporting-endpoints': `csp="${REPORTS_PATH}"`,
  }
}

/** The policy of an HTML page: own files and the nonce of this one answer, nothing inline. */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `report-uri ${REPORTS_PATH}`,
    'report-to csp',
  ].join('; ')
}
