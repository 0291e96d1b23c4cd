/**
 * Paths of the pages that links in mails lead to. The token stands behind `#`, which no server and no
 * log sees, and opening a page changes nothing: mail scanners do it too (MF-45).
 */
export const ACCOUNT_PAGES = {
  verifyEmail: '/auth/verify-email',
  resetPassword: '/auth/reset-password',
  emailChange: '/auth/email-change',
} as const

/**
 * A link to one of them.
 * @param baseUrl `app.base_url`, whatever a request says of its host (MF-44)
 */
export function linkTo(baseUrl: string, page: keyof typeof ACCOUNT_PAGES, token: string): string {
  return `${baseUrl}${ACCOUNT_PAGES[page]}#token=${token}`
}
