import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { listPage, messagePage } from './mailbox-page.ts'
import type { ReceivedMails } from './received.ts'

/**
 * A mail's own HTML may hold anything. It gets a document of its own, without scripts, forms or
 * outside images; its links open in a new tab.
 */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly policy: string
}

/** Answers the pages of the mailbox, to this machine only. */
export function mailboxListener(mails: ReceivedMails): RequestListener {
  return (request, response) => {
    if (!isForThisMachine(request)) {
      send(response, plain(421, 'The mailbox answers to localhost only.'))
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      send(response, plain(405, 'The mailbox is read only.'))
    } else {
      send(response, answerTo(request.url ?? '/', mails))
    }
  }
}

/** A page on another site could otherwise read mails by pointing its own name here (DNS rebinding). */
function isForThisMachine({ headers }: IncomingMessage): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(headers.host ?? '')
}

function answerTo(url: string, mails: ReceivedMails): Answer {
  const [path = '/'] = url.split('?')
  const nonce = randomBytes(16).toString('base64')
  if (path === '/') return page(listPage(mails.list(), nonce), nonce)
  if (path === '/messages.json') {
    const body = JSON.stringify(mails.list())
    return { status: 200, type: 'application/json', body, policy: "default-src 'none'" }
  }
  const [, id, part] = /^\/messages\/(\d{1,15})(\/html)?$/.exec(path) ?? []
  const mail = id === undefined ? undefined : mails.find(Number(id))
  if (mail === undefined) return plain(404, 'No such mail: it may have made room for newer ones.')
  if (part === undefined) return page(messagePage(mail, nonce), nonce)
  const body = `<!doctype html><meta charset="utf-8"><base target="_blank">${mail.html}`
  return { status: 200, type: 'text/html; charset=utf-8', body, policy: MAIL_POLICY }
}

function page(body: string, nonce: string): Answer {
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`
  return { status: 200, type: 'text/html; charset=utf-8', body, policy }
}

function plain(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body, policy: "default-src 'none'" }
}

function send(response: ServerResponse, { status, type, body, policy }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': policy,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  })
  response.end(body)
}
