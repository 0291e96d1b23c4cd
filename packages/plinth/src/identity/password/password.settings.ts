import { z } from 'zod'
import { httpUrl } from '../../config/index.ts'

/** What a password must be and what it costs to try one (`accounts.password` in config.yaml). */
export const passwordSettings = z.strictObject({
  min_length: z
    .int()
    .min(8)
    .max(64)
    .default(8)
    .describe('Fewest characters of a new password; 12 or more are advised.'),
  context_words: z
    .array(z.string().min(3).max(64))
    .max(100)
    .default([])
    .describe(
      'Words that may not be most of a password, beside the name of the service and of the person: names of your products and your company.',
    ),
  breach_url: httpUrl()
    .nullable()
    .default(null)
    .describe(
      'A list of breached passwords that is asked too, by the first five characters of the SHA-1: https://api.pwnedpasswords.com/range/. While it does not answer, new passwords are held against the list that ships only.',
    ),
  argon2_memory_kib: z
    .int()
    .min(7_168)
    .max(1_048_576)
    .default(19_456)
    .describe(
      'Memory of one argon2id hash in KiB. When it changes, each password is hashed anew at the next sign-in.',
    ),
  argon2_passes: z.int().min(1).max(20).default(2).describe('Passes of argon2id over its memory.'),
  argon2_lanes: z.int().min(1).max(4).default(1).describe('Lanes of argon2id.'),
  hash_threads: z
    .int()
    .min(1)
    .max(128)
    .optional()
    .describe(
      'Hashes that one process computes at the same time; one less than there are processors by default, and 3 at most. Raise UV_THREADPOOL_SIZE with it.',
    ),
  hash_queue: z
    .int()
    .min(1)
    .max(1_000)
    .default(64)
    .describe('Sign-ins that may wait for a hash; any more are answered 503 at once.'),
})

/** Parsed {@link passwordSettings}. */
export type PasswordSettings = z.output<typeof passwordSettings>
