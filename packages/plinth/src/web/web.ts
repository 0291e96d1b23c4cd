import type { Feature } from '../feature/index.ts'
import { feature } from '../feature/index.ts'
import type { AccountDeps } from './account-page.ts'
import { accountPage } from './account-page.ts'
import type { ConfirmDeps } from './confirm-page.ts'
import { confirmPage } from './confirm-page.ts'
import type { InvitationDeps } from './invitation-page.ts'
import { invitationPage } from './invitation-page.ts'
import type { JoinDeps } from './join-pages.ts'
import { joinPages } from './join-pages.ts'
import type { LinkDeps } from './link-page.ts'
import { linkPage } from './link-page.ts'
import { passwordPages } from './password-pages.ts'
import type { SecondFactorDeps } from './second-factor-page.ts'
import { secondFactorPage } from './second-factor-page.ts'
import type { SignInDeps } from './sign-in-page.ts'
import { signInPage } from './sign-in-page.ts'

/** What the pages are given. */
export type WebDeps = SignInDeps &
  JoinDeps &
  InvitationDeps &
  SecondFactorDeps &
  ConfirmDeps &
  LinkDeps &
  AccountDeps

/** The pages that people see of the platform itself. */
export function webFeature(deps: WebDeps): Feature {
  return feature('web', {
    routes: [
      signInPage(deps),
      secondFactorPage(deps),
      confirmPage(deps),
      joinPages(deps),
      passwordPages(),
      invitationPage(deps),
      accountPage(deps),
      linkPage(deps),
    ],
  })
}
