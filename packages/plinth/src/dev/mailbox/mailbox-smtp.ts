import type { SMTPServer, SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import type { Envelope } from './received.ts'

/** Largest mail that is taken, in bytes. */
const LARGEST_MAIL_BYTES = 25 * 1024 * 1024

/**
 * A mail server that takes every mail for everybody and delivers none. Any user name and password
 * will do; TLS is left out, as nothing leaves the machine.
 */
export async function smtpServer(take: (mail: Envelope) => Promise<void>): Promise<SMTPServer> {
  const { SMTPServer: Server } = await import('smtp-server')
  return new Server({
    banner: 'development mailbox',
    size: LARGEST_MAIL_BYTES,
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 1_000,
    onAuth: ({ username }, _session, done) => done(null, { user: username ?? 'anybody' }),
    onData: (stream, session, done) => {
      void receive(stream, session, take).then(() => done(null), done)
    },
  })
}

async function receive(
  stream: SMTPServerDataStream,
  { envelope }: SMTPServerSession,
  take: (mail: Envelope) => Promise<void>,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  if (stream.sizeExceeded) {
    throw Object.assign(new Error('The mail is larger than 25 MB.'), { responseCode: 552 })
  }
  await take({
    from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    to: envelope.rcptTo.map(({ address }) => address),
    raw: Buffer.concat(chunks),
  })
}
