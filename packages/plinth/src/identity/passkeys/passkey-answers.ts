import { z } from 'zod'

// A credential id has at most 1,023 bytes (WebAuthn 4), which are 1,364 characters.
const credentialId = base64url(1_364)
const frame = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
}

/** What `navigator.credentials.create()` gives, as its `toJSON()`; further fields are dropped. */
export const registrationAnswer = z.object({
  ...frame,
  response: z.object({
    clientDataJSON: base64url(4_096),
    attestationObject: base64url(16_384),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,32}$/))
      .max(8)
      .default([]),
  }),
})

/** What `navigator.credentials.get()` gives, as its `toJSON()`; further fields are dropped. */
export const assertionAnswer = z.object({
  ...frame,
  response: z.object({
    clientDataJSON: base64url(4_096),
    authenticatorData: base64url(4_096),
    signature: base64url(4_096),
    userHandle: base64url(128).nullish(),
  }),
})

/** Parsed {@link registrationAnswer}. */
export type RegistrationAnswer = z.output<typeof registrationAnswer>
/** Parsed {@link assertionAnswer}. */
export type AssertionAnswer = z.output<typeof assertionAnswer>

function base64url(longest: number) {
  return z
    .string()
    .max(longest)
    .regex(/^[A-Za-z0-9_-]+$/)
}
