import type { Feature } from '../feature/index.ts'
import { feature } from '../feature/index.ts'
import type { SignInDeps } from './sign-in-page.ts'
import { signInPage } from './sign-in-page.ts'

/** What the pages are given. */
export type WebDeps = SignInDeps

/** The pages that people see of the platform itself. */
export function webFeature(deps: WebDeps): Feature {
  return feature('web', { routes: [signInPage(deps)] })
}
