import { z } from 'zod'

// Control characters, and those that turn the direction of a text around (Trojan Source).
const UNSHOWABLE = /[\p{Cc}\u{2028}\u{2029}\u{202a}-\u{202e}\u{2066}-\u{2069}\p{Cs}]/u

/** A name that people read in lists, mails and logs: one line, as it is written, of bounded length. */
export const shownName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !UNSHOWABLE.test(text), 'must hold no control characters')
