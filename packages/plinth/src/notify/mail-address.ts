import { notifyProblems } from './notify.errors.ts'

/** Who a mail goes to or comes from. */
export interface MailAddress {
  readonly name?: string | undefined
  readonly address: string
}

// One address and nothing else: no list, no comment, no quoting, no control character (HI-22).
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@[^\s@<>()[\]\\,;:"\p{C}]{1,189}$/u
const MAILBOX = /^(?:([^<>\p{C}]{1,100}) )?<([^<>]+)>$/u
const LONGEST_NAME = 100

/**
 * An address that is fit for a header.
 * @throws AppError `mail.address_refused`
 */
export function mailAddress(to: MailAddress | string): MailAddress {
  const { name, address } = typeof to === 'string' ? { address: to } : to
  if (!ADDRESS.test(address)) throw notifyProblems.addressRefused('not one plain address')
  const shown = headerText(name ?? '').slice(0, LONGEST_NAME)
  return shown === '' ? { address } : { name: shown, address }
}

/**
 * Text for one header line. A line break would begin another header (RFC 5322 §2.2): it and every
 * other control character become a space. Refusing instead would let a strange name stop a sign-in.
 */
export function headerText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029\p{Cs}]+/gu, ' ').trim()
}

/** Whether a text is `address` or `Name <address>`. */
export function isMailbox(text: string): boolean {
  const [, , inside] = MAILBOX.exec(text) ?? []
  return ADDRESS.test(inside ?? text)
}

/** Reads `address` or `Name <address>`; the settings have checked it. */
export function readMailbox(text: string): MailAddress {
  const [, name, inside] = MAILBOX.exec(text) ?? []
  return mailAddress({ name: name?.replaceAll('"', '').trim(), address: inside ?? text })
}
