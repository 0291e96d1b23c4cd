import { z } from 'zod'

const descriptor = z.object({
  id: z.string(),
  type: z.literal('public-key'),
  transports: z.array(z.string()),
})
const verification = z.enum(['required', 'preferred'])

/** `PublicKeyCredentialCreationOptionsJSON` (WebAuthn 5.4). */
export const creationOptions = z.object({
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  challenge: z.string(),
  pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.int() })),
  timeout: z.int().describe('Milliseconds.'),
  excludeCredentials: z.array(descriptor),
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.literal(true),
    userVerification: verification,
  }),
  attestation: z.literal('none'),
})

/** `PublicKeyCredentialRequestOptionsJSON` (WebAuthn 5.5). */
export const requestOptions = z.object({
  challenge: z.string(),
  rpId: z.string(),
  timeout: z.int().describe('Milliseconds.'),
  userVerification: verification,
  allowCredentials: z
    .array(descriptor)
    .describe('The passkeys that would do; empty for any that the browser has.'),
})

/** Parsed {@link creationOptions}. */
export type CreationOptions = z.output<typeof creationOptions>
/** Parsed {@link requestOptions}. */
export type RequestOptions = z.output<typeof requestOptions>
