import type { Id } from '../../kernel/index.ts'

/** What a device keeps to know whose a passkey is: the person's id as 16 bytes, and nothing of them. */
export function userHandle(person: Id<'person'>): string {
  return Buffer.from(person.replaceAll('-', ''), 'hex').toString('base64url')
}
