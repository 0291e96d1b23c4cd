import { z } from 'zod'
import { LONGEST_PASSWORD_BYTES } from '../password/password-policy.ts'

/** Bytes of a body that holds a password: enough for the longest, escaped as JSON may be. */
export const SMALL_BODY_BYTES = 32_768

/** A password as it was typed: neither trimmed nor changed, and refused by its size before it is hashed. */
export const passwordField = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= LONGEST_PASSWORD_BYTES, {
    message: `must not have more than ${LONGEST_PASSWORD_BYTES} bytes`,
  })

/** A token of a link: 256 bits. */
export const tokenField = z.string().min(1).max(200)
