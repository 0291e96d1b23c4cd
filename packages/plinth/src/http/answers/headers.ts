/** Headers of every answer (contract 22). Pages replace the policy by their own. */
export function securityHeaders(options: { https: boolean; hsts: string }): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'permissions-policy': 'geolocation=(), microphone=(), camera=()',
    'cross-origin-opener-policy': 'same-origin',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    // Answers differ by who asks: no cache may keep one unless its route says so.
    'cache-control': 'no-store',
    vary: 'Cookie, Origin',
    ...(options.https ? { 'strict-transport-security': options.hsts } : {}),
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
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
