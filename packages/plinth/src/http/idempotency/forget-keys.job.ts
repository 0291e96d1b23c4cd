import { job } from '../../feature/index.ts'
import { forgetKeys } from './kept-answers.ts'

/** Once a day: answers that were kept long enough go. */
export const forgetIdempotencyKeys = job('http.forget_idempotency_keys', {
  cron: '23 3 * * *',
  in: 'each tenant',
  handle: async ({ tx }) => forgetKeys(tx),
})
