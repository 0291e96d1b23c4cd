import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import type { Server } from 'node:net'
import type { Log } from '../../feature/index.ts'
import { type Clock, systemClock } from '../../kernel/index.ts'
import { refuseProduction } from '../provider/index.ts'
import { mailboxListener } from './mailbox-http.ts'
import { smtpServer } from './mailbox-smtp.ts'
import { type ReceivedMail, ReceivedMails } from './received.ts'

/** What the development mailbox needs to start. */
export interface MailboxOptions {
  /** Port of the mail server on the loopback interface; a free one unless given. */
  readonly smtpPort?: number
  /** Port of the pages on the loopback interface; a free one unless given. */
  readonly httpPort?: number
  /** Dates the mails. */
  readonly clock?: Clock
  readonly log: Log
}

/** A running development mailbox. */
export interface RunningMailbox {
  /** Where the service sends its mail: `smtp://127.0.0.1:40123`. */
  readonly smtpUrl: string
  /** The page to open in a browser: `http://localhost:40124`. */
  readonly url: string
  /** The last 200 mails, newest first. */
  messages(): readonly ReceivedMail[]
  /** Closes both ports; the mails are gone. */
  stop(): Promise<void>
}

const LOOPBACK = '127.0.0.1'

/**
 * Starts a mail server that keeps what it gets, with a page to read it: for development and tests.
 * @throws Error in production, when a package that comes with @plinth/cli is missing, when a port is taken
 */
export async function startMailbox(options: MailboxOptions): Promise<RunningMailbox> {
  refuseProduction('development mailbox')
  const mails = new ReceivedMails(options.clock ?? systemClock)
  const smtp = await loadSmtp(mails)
  smtp.on('error', (error: Error) => options.log.warn({ error }, 'a mail conversation failed'))
  const smtpPort = await listen(smtp.server, options.smtpPort ?? 0)
  const http = createServer(mailboxListener(mails))
  const httpPort = await listen(http, options.httpPort ?? 0).catch(async (error: unknown) => {
    await new Promise<void>((done) => smtp.close(done))
    throw error
  })
  const [smtpUrl, url] = [`smtp://${LOOPBACK}:${smtpPort}`, `http://localhost:${httpPort}`]
  options.log.info({ smtp: smtpUrl, url }, 'development mailbox started')
  return {
    smtpUrl,
    url,
    messages: () => mails.list(),
    stop: async () => {
      await Promise.all([new Promise<void>((done) => smtp.close(done)), closeHttp(http)])
    },
  }
}

async function loadSmtp(mails: ReceivedMails) {
  try {
    await import('postal-mime')
    return await smtpServer((mail) => mails.take(mail))
  } catch (cause) {
    const command = 'npm install --save-dev smtp-server postal-mime'
    throw new Error(
      `The development mailbox needs two packages that are not installed: ${command}`,
      {
        cause,
      },
    )
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, LOOPBACK)
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new Error(
      `The development mailbox cannot listen on port ${port}: another program has it.`,
      { cause },
    )
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

async function closeHttp(server: HttpServer): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()))
  server.closeAllConnections()
  await closed
}
