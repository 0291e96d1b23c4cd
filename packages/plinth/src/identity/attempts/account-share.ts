import type { Context } from '../../feature/index.ts'
import { limitBy } from '../../http/index.ts'
import type { AccountShare } from './attempts.ts'

/** The account's part of the class sign-in (D10), counted where the request's own limits are. */
export function accountShare({ request }: Pick<Context, 'request'>): AccountShare {
  return (whose) => limitBy(request, 'sign_in', whose)
}
