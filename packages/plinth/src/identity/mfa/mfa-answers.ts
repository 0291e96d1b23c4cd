import { z } from 'zod'
import { assertionAnswer, registrationAnswer } from '../passkeys/passkey-answers.ts'
import { LONGEST_CODE } from './typed-code.ts'

/** Kinds of methods, as callers name them. */
export const methodKind = z.enum(['totp', 'email', 'sms'])

/** A code as somebody typed it; what it may be is judged, not refused by form. */
export const typedCode = z
  .string()
  .max(LONGEST_CODE)
  .describe('Six digits, or a recovery code with or without its hyphens.')

/** The token of a sign-in that waits; a browser that was led here has it in a cookie. */
export const mfaToken = z
  .string()
  .max(128)
  .optional()
  .describe(
    'From the answer of the sign-in; a browser that a provider sent back has it in a cookie.',
  )

/** What proves a second factor. */
export const proofFields = {
  code: typedCode.optional(),
  method_id: z
    .uuid()
    .optional()
    .describe('The method whose code it is; any of the person by default.'),
  passkey: assertionAnswer.optional().describe('The answer of a passkey, in place of a code.'),
}

/** What ends a sign-in that waits: a proof, or the passkey that was made on the way. */
export const endingFields = {
  ...proofFields,
  new_passkey: registrationAnswer
    .optional()
    .describe('The answer of the device that made the first passkey, where one is set up.'),
}

/** Whether exactly one of them is there. */
export function isOneProof(sent: {
  readonly code?: unknown
  readonly passkey?: unknown
  readonly new_passkey?: unknown
}): boolean {
  const { code, passkey, new_passkey } = sent
  return [code, passkey, new_passkey].filter((one) => one !== undefined).length === 1
}

/** What is said when it is not. */
export const ONE_PROOF = 'must bring one of code, passkey and new_passkey'

/** A factor that somebody wants. */
export const setUpFields = {
  kind: methodKind.default('totp'),
  label: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^[^\p{C}]+$/u, 'must not hold control characters')
    .optional()
    .describe('What its person calls it.'),
  phone: z.string().max(40).optional().describe('For sms: a number like +4915112345678.'),
}

/** What a person needs to confirm a factor. The secret is in this answer and in no other. */
export const prepared = z.object({
  method_id: z.uuid(),
  kind: methodKind,
  secret: z.string().optional().describe('For totp: base32, for typing it into the app.'),
  otpauth_uri: z.string().optional().describe('For totp: what the QR code says.'),
  qr_svg: z.string().optional().describe('For totp: the QR code as an SVG picture.'),
  sent_to: z.string().optional().describe('For sms and email: where the code went, in part.'),
  expires_in_seconds: z.int(),
})

/** New recovery codes: shown once. */
export const recoveryCodes = z
  .array(z.string())
  .describe('Recovery codes, shown this once; each works once, in place of any other code.')
