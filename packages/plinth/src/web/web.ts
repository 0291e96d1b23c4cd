import type { Feature } from '../feature/index.ts'
import { feature } from '../feature/index.ts'
import type { AccountDeps } from './account-page.ts'
import { accountPage } from './account-page.ts'
import type { LinkDeps } from './link-page.ts'
import { linkPage } from './link-page.ts'
import type { SignInDeps } from './sign-in-page.ts'
import { signInPage } from './sign-in-page.ts'

/** What the pages are given. */
export type WebDeps = SignInDeps & LinkDeps & AccountDeps

/** The pages that people see of the platform itself. */
export function webFeature(deps: WebDeps): Feature {
  return feature('web', { routes: [signInPage(deps), accountPage(deps), linkPage(deps)] })
}
