import { isGrant } from '../../access/index.ts'

/** Whether a machine client may be given a scope at all: nothing over the platform itself. */
export function isClientScope(text: string): boolean {
  return isGrant(text) && !text.startsWith('platform:')
}
