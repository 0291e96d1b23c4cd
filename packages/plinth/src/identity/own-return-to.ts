import type { Identity } from './identity-deps.ts'
import { safeReturnTo } from './oidc/return-to.ts'

/** Where somebody goes who just signed in: what was asked for if it is safe, else the usual page. */
export function ownReturnTo({ app, oidc }: Pick<Identity, 'app' | 'oidc'>, asked: unknown): string {
  return safeReturnTo(asked, {
    ownOrigin: new URL(app.base_url).origin,
    allowedOrigins: oidc.allowed_redirect_hosts,
    fallback: app.post_login_default,
  })
}
