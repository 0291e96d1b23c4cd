import type { Address } from 'postal-mime'
import type { Clock } from '../../kernel/index.ts'

/** One mail that the mailbox took. */
export interface ReceivedMail {
  /** Grows by one with every mail. */
  readonly id: number
  /** ISO time at which it came in. */
  readonly receivedAt: string
  readonly from: string
  /** Addresses of the envelope: where it would have gone, Bcc included. */
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Header lines as sent, names in lower case. */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly attachments: readonly { readonly name: string; readonly type: string }[]
}

/** A mail as SMTP hands it over. */
export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: Buffer
}

const MOST_KEPT = 200

/** The mails of a mailbox, newest first, in memory. */
export class ReceivedMails {
  #mails: readonly ReceivedMail[] = []
  #last = 0
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** All that are kept: the last 200, newest first. */
  list(): readonly ReceivedMail[] {
    return this.#mails
  }

  find(id: number): ReceivedMail | undefined {
    return this.#mails.find((mail) => mail.id === id)
  }

  /** Reads a mail and keeps it. */
  async take({ from, to, raw }: Envelope): Promise<void> {
    const { default: PostalMime } = await import('postal-mime')
    const mail = await PostalMime.parse(raw)
    this.#last += 1
    const received: ReceivedMail = {
      id: this.#last,
      receivedAt: new Date(this.#clock.now()).toISOString(),
      from: mail.from === undefined ? from : nameOf(mail.from),
      to,
      subject: mail.subject ?? '',
      text: mail.text ?? '',
      html: mail.html ?? '',
      headers: mail.headers.map(({ key, value }) => ({ name: key, value })),
      attachments: mail.attachments.map(({ filename, mimeType }) => ({
        name: filename ?? 'unnamed',
        type: mimeType,
      })),
    }
    this.#mails = [received, ...this.#mails].slice(0, MOST_KEPT)
  }
}

function nameOf({ name, address }: Address): string {
  if (address === undefined) return name
  return name === '' ? address : `${name} <${address}>`
}
