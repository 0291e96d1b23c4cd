export type { ReceivedMail } from './received.ts'
export type { MailboxOptions, RunningMailbox } from './start-mailbox.ts'
export { startMailbox } from './start-mailbox.ts'
