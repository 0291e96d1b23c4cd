import type { Id } from '../../kernel/index.ts'
import { NIL_ID } from '../../kernel/index.ts'
import type { Identity } from '../identity-deps.ts'

/** The CSRF token of a session that was just made, for the page that asked for it. */
export function csrfOfSession(
  { csrfTokenFor }: Pick<Identity, 'csrfTokenFor'>,
  id: string,
): string {
  const credential = { kind: 'cookie', id, authenticatedAt: 0 } as const
  // It is bound to the session alone; who is in it does not matter.
  const person = NIL_ID as Id<'person'>
  return csrfTokenFor({ person, name: '', tenant: null, permissions: [], credential }) ?? ''
}
