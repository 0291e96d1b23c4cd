import type { PlatformTx } from '../data/index.ts'
import { forgetJobsAbout } from '../jobs/index.ts'

/** Name of the job that sends a mail. */
export const MAIL_JOB = 'notify.mail'

/** Name of the job that sends an SMS. */
export const SMS_JOB = 'notify.sms'

/**
 * Removes every message to somebody: what waits is not sent, and of what was sent no row says to whom.
 * @param recipients their addresses and phone numbers
 */
export async function forgetMessages(
  tx: PlatformTx,
  recipients: readonly string[],
): Promise<number> {
  const values = recipients.map((one) => one.toLowerCase())
  const mails = await forgetJobsAbout(tx, { name: MAIL_JOB, path: ['to', 'address'], values })
  const texts = await forgetJobsAbout(tx, { name: SMS_JOB, path: ['to'], values })
  return mails + texts
}
