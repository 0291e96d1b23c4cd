import { z } from 'zod'
import type { PlatformTx, Tx } from '../data/index.ts'
import type { Fields } from '../feature/index.ts'
import { PermanentFailure, PLATFORM_TENANT, type SystemJob, systemJob } from '../jobs/index.ts'
import type { Log } from '../telemetry/index.ts'
import { type MailAddress, mailAddress } from './mail-address.ts'
import type { MailTemplate } from './mail-template.ts'
import type { NotifySettings } from './notify.settings.ts'
import { type MailTransport, smtpTransport } from './smtp-transport.ts'

/** Sends messages to people; always through jobs, so that no request waits for a mail server. */
export interface Notify {
  /**
   * Writes a mail in the caller's transaction: it goes out if, and only if, that commits.
   * @throws AppError `mail.address_refused` when `to` is not one plain address
   */
  mail<F extends Fields>(
    tx: Tx | PlatformTx,
    template: MailTemplate<F>,
    to: MailAddress | string,
    data: Parameters<MailTemplate<F>['write']>[0],
  ): Promise<void>
  /** What the worker has to run: give them to `startWorker` and `createOutbox`. */
  readonly jobs: readonly SystemJob[]
  /** What to say at start: mail goes nowhere; undefined when it is sent. */
  readonly announcement: string | undefined
}

/** What notify is made of. */
export interface NotifyOptions {
  readonly settings: NotifySettings
  readonly log: Pick<Log, 'warn'>
  /** Replaces SMTP by another way to send. */
  readonly transport?: MailTransport
}

const MAIL_JOB = 'notify.mail'
/** With pauses that double from 5 s on, the last attempt comes after more than an hour. */
const RETRIES = 10
const NO_SERVER =
  'smtp.host is not set, so no mail is sent; set it to the name of your mail server (plinth dev sets it to its mailbox).'

/** Makes the one way to send messages. */
export function createNotify({ settings, log, transport }: NotifyOptions): Notify {
  const sends = transport ?? transportOf(settings)
  return {
    announcement: sends === undefined ? NO_SERVER : undefined,
    jobs: sends === undefined ? [] : [mailJob(sends)],
    mail: async (tx, template, to, data) => {
      const recipient = mailAddress(to)
      const content = template.write(data)
      if (sends === undefined) {
        log.warn({ mail: template.name }, `A mail is not sent: ${NO_SERVER}`)
        return
      }
      const tenant = 'tenant' in tx ? tx.tenant : PLATFORM_TENANT
      const input = { to: recipient, template: template.name, ...content }
      await tx.outbox.enqueue(tx, { name: MAIL_JOB, data: { tenant, input } })
    },
  }
}

function transportOf({ smtp }: NotifySettings): MailTransport | undefined {
  return smtp.host === null || smtp.host === ''
    ? undefined
    : smtpTransport({ ...smtp, host: smtp.host })
}

function mailJob(transport: MailTransport): SystemJob {
  return systemJob(MAIL_JOB, {
    input: {
      to: z.strictObject({ name: z.string().optional(), address: z.string() }),
      template: z.string(),
      subject: z.string(),
      text: z.string(),
      html: z.string(),
    },
    retries: RETRIES,
    timeoutSeconds: 60,
    handle: async ({ input: { to, template: _template, ...content }, jobId }) => {
      try {
        await transport.send({ ...content, to: mailAddress(to), id: jobId })
      } catch (error) {
        throw isFinal(error)
          ? new PermanentFailure('The mail server refused the mail.', { cause: error })
          : error
      }
    },
  })
}

/** RFC 5321 §4.2.1: 4yz may go better later, 5yz will not. Signing in (535) may be mended by then. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof Error) || !('responseCode' in error)) return false
  const { responseCode } = error
  const code = typeof responseCode === 'number' ? responseCode : 0
  return code >= 550 && code <= 559
}
