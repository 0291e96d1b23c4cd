import { problem } from '../../../kernel/index.ts'

/** What looking after signing keys may refuse. */
export const signingKeyProblems = {
  unknownKey: problem('signing_key.unknown', 404, 'There is no such signing key.'),
} as const
