import type { FeatureParts } from '../../feature/index.ts'
import { forgetAttemptsJob } from '../attempts/forget-attempts.job.ts'
import type { Identity } from '../identity-deps.ts'
import { accountRoutes } from './account.routes.ts'
import { registrationJob } from './register.ts'
import { resetRequestJob } from './request-reset.ts'

/** Accounts of our own, as parts of the feature of identity. */
export function accountParts(identity: Identity): Required<Pick<FeatureParts, 'routes' | 'jobs'>> {
  return {
    routes: accountRoutes(identity),
    jobs: [resetRequestJob(identity), registrationJob(identity), forgetAttemptsJob(identity.clock)],
  }
}
