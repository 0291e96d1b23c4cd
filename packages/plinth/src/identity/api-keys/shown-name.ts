import { z } from 'zod'
import { ONE_LINE } from '../../kernel/index.ts'

/** A name that people read in lists, mails and logs: one line, as it is written, of bounded length. */
export const shownName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => ONE_LINE.test(text), 'must hold no control characters')
