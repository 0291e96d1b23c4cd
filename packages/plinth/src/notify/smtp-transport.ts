import type { MailAddress } from './mail-address.ts'
import { readMailbox } from './mail-address.ts'
import type { MailContent } from './mail-template.ts'
import type { NotifySettings } from './notify.settings.ts'

/** A mail on its way. */
export interface OutgoingMail extends MailContent {
  readonly to: MailAddress
  /** The same for every attempt, so that a mail that went out twice is seen to be one. */
  readonly id: string
}

/** Hands mail to the mail server. */
export interface MailTransport {
  /** @throws the server's refusal, or the error of the connection */
  send(mail: OutgoingMail): Promise<void>
}

/** Milliseconds for a connection, for the server's greeting, and without a word from it. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }

/** A transport over SMTP. The library is loaded with the first mail. */
export function smtpTransport(smtp: NotifySettings['smtp'] & { host: string }): MailTransport {
  const from = readMailbox(smtp.from)
  return {
    send: async ({ to, id, ...content }) => {
      const { createTransport } = await import('nodemailer')
      const transport = createTransport({
        host: smtp.host,
        port: smtp.port,
        secure: smtp.tls === 'tls',
        requireTLS: smtp.tls === 'starttls',
        ignoreTLS: smtp.tls === 'none',
        ...(smtp.user === null
          ? {}
          : { auth: { user: smtp.user, pass: smtp.password?.reveal() ?? '' } }),
        ...TIMEOUTS,
        // A template's mistake must not attach a file of this machine or fetch an address.
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      try {
        await transport.sendMail({
          from: addressed(from),
          to: addressed(to),
          ...content,
          messageId: `<${id}@${from.address.split('@')[1]}>`,
          // RFC 3834 §5: no holiday notice comes back.
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
      } finally {
        transport.close()
      }
    },
  }
}

function addressed({ name, address }: MailAddress): { name: string; address: string } {
  return { name: name ?? '', address }
}
