import { z } from 'zod'
import type { SignInName } from './sign-in-name.ts'
import { emailName } from './sign-in-name.ts'

/**
 * An e-mail address as somebody writes it, for themselves or for another: the one rule of what an
 * address is, wherever one comes in. What comes out is how it is shown; {@link addressOf} reads it.
 */
export const emailField = z
  .string()
  .min(3)
  .max(400)
  .overwrite((text) => emailName(text)?.name ?? text)
  .refine((text) => emailName(text) !== undefined, { message: 'must be one e-mail address' })

/** The address of a field that was validated. */
export function addressOf(text: string): SignInName {
  const name = emailName(text)
  if (name === undefined) throw new TypeError('an address was not validated')
  return name
}
