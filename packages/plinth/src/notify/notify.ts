import { z } from 'zod'
import type { PlatformTx, Tx } from '../data/index.ts'
import { type Fields, PermanentFailure } from '../feature/index.ts'
import { PLATFORM_TENANT, type SystemJob, systemJob } from '../jobs/index.ts'
import type { Clock, Secret } from '../kernel/index.ts'
import type { Outbound } from '../outbound/index.ts'
import type { Log } from '../telemetry/index.ts'
import { type MailAddress, mailAddress } from './mail-address.ts'
import type { MailTemplate } from './mail-template.ts'
import { MAIL_JOB, SMS_JOB } from './message-jobs.ts'
import { notifyProblems } from './notify.errors.ts'
import type { NotifySettings } from './notify.settings.ts'
import { phoneNumber } from './phone-number.ts'
import { type MessageSeal, messageSeal } from './sealed-message.ts'
import { smsJob } from './sms.job.ts'
import { smsTransport } from './sms-transport.ts'
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
  /**
   * Writes an SMS in the caller's transaction. The text is never logged.
   * @param message `to` in the form +4915112345678, and until when it is worth anything
   * @throws AppError `sms.number_refused`, and `sms.off` where `notify.sms.adapter` is off
   */
  sms(tx: Tx | PlatformTx, message: SmsMessage): Promise<void>
  /** Whether SMS go anywhere: `notify.sms.adapter` is not off. */
  readonly sendsSms: boolean
  /** What the worker has to run: give them to `startWorker` and `createOutbox`. */
  readonly jobs: readonly SystemJob[]
  /** What to say at start: mail goes nowhere; undefined when it is sent. */
  readonly announcement: string | undefined
}

/** An SMS that is about to be sent. */
export interface SmsMessage {
  readonly to: string
  readonly text: string
  /** ISO time after which it is not sent any more: a code that is late helps nobody. */
  readonly notAfter: string
}

/** What notify is made of. */
export interface NotifyOptions {
  readonly settings: NotifySettings
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly clock: Clock
  /** Seals what waits to be sent: `app.session_signing_secret`. */
  readonly secret: Secret
  /** The way to the SMS gateway. */
  readonly outbound: Pick<Outbound, 'request'>
  /** Replaces SMTP by another way to send. */
  readonly transport?: MailTransport
}

/** With pauses that double from 5 s on, the last attempt comes after more than an hour. */
const RETRIES = 10
const NO_SERVER =
  'smtp.host is not set, so no mail is sent; set it to the name of your mail server (plinth dev sets it to its mailbox).'

/** Makes the one way to send messages. */
export function createNotify(options: NotifyOptions): Notify {
  const { settings, log, clock, secret } = options
  const sends = options.transport ?? transportOf(settings)
  const texts = smsTransport(options)
  const mailSeal = messageSeal(secret, MAIL_JOB)
  const smsSeal = messageSeal(secret, SMS_JOB)
  return {
    announcement: sends === undefined ? NO_SERVER : undefined,
    sendsSms: texts !== undefined,
    jobs: [
      ...(sends === undefined ? [] : [mailJob(sends, mailSeal)]),
      ...(texts === undefined ? [] : [smsJob(SMS_JOB, { transport: texts, seal: smsSeal, clock })]),
    ],
    mail: async (tx, template, to, data) => {
      const recipient = mailAddress(to)
      const content = template.write(data)
      if (sends === undefined) {
        log.warn({ mail: template.name }, `A mail is not sent: ${NO_SERVER}`)
        return
      }
      const sealed = mailSeal.close(recipient.address, content)
      const { name, keepSeconds } = template
      const input = { to: recipient, template: name, sealed }
      await enqueue(tx, { name: MAIL_JOB, input, keepSeconds })
    },
    sms: async (tx, { to, text, notAfter }) => {
      if (texts === undefined) throw notifyProblems.smsOff()
      const number = phoneNumber(to)
      const input = { to: number, sealed: smsSeal.close(number, { text }), notAfter }
      await enqueue(tx, { name: SMS_JOB, input })
    },
  }
}

interface Message {
  readonly name: string
  readonly input: object
  readonly keepSeconds?: number | undefined
}

async function enqueue(tx: Tx | PlatformTx, { name, input, keepSeconds }: Message): Promise<void> {
  const tenant = 'tenant' in tx ? tx.tenant : PLATFORM_TENANT
  const data = { tenant, input }
  await tx.outbox.enqueue(tx, { name, data, ...(keepSeconds !== undefined && { keepSeconds }) })
}

function transportOf({ smtp }: NotifySettings): MailTransport | undefined {
  return smtp.host === null || smtp.host === ''
    ? undefined
    : smtpTransport({ ...smtp, host: smtp.host })
}

const written = z.object({ subject: z.string(), text: z.string(), html: z.string() })

function mailJob(transport: MailTransport, seal: MessageSeal): SystemJob {
  return systemJob(MAIL_JOB, {
    input: {
      to: z.strictObject({ name: z.string().optional(), address: z.string() }),
      template: z.string(),
      sealed: z.string(),
    },
    personal: true,
    retries: RETRIES,
    timeoutSeconds: 60,
    handle: async ({ input: { to, sealed }, jobId }) => {
      const content = written.parse(seal.open(to.address, sealed))
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
