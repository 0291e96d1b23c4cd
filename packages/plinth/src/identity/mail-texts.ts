import type { MailContent, Notify } from '../notify/index.ts'

/** A mail that identity is about to send. */
export interface WantedMail {
  /** Which one: `account.password_reset`. The guide of accounts lists them. */
  readonly name: string
  /** What ours is written from. */
  readonly data: Readonly<Record<string, unknown>>
}

/** The text of a service for a mail; undefined leaves ours. */
export type MailTexts = (mail: WantedMail) => MailContent | undefined

/** Sends mails in the words of the service, where it has its own. */
export function withTexts<N extends Pick<Notify, 'mail'>>(
  notify: N,
  texts: MailTexts | undefined,
): N {
  if (texts === undefined) return notify
  const mail: Notify['mail'] = (tx, template, to, data) => {
    // Ours is written all the same: it checks what the service's is told.
    const write: typeof template.write = (given) => {
      const own = template.write(given)
      return texts({ name: template.name, data: given }) ?? own
    }
    return notify.mail(tx, { ...template, write }, to, data)
  }
  return { ...notify, mail }
}
