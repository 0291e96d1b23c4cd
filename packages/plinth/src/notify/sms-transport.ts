import { PermanentFailure } from '../feature/index.ts'
import type { NotifySettings } from './notify.settings.ts'
import type { NotifyOptions } from './notify.ts'

/** An SMS on its way. */
export interface OutgoingSms {
  readonly to: string
  readonly text: string
}

/** Hands SMS to whoever sends them. */
export interface SmsTransport {
  /** @throws PermanentFailure for a refusal that no further attempt helps; else the error of the call */
  send(sms: OutgoingSms): Promise<void>
}

/** The transport that `notify.sms.adapter` names; undefined while it is off. */
export function smsTransport(
  options: Pick<NotifyOptions, 'settings' | 'log' | 'outbound'>,
): SmsTransport | undefined {
  const { adapter } = options.settings.sms
  if (adapter === 'off') return undefined
  return adapter === 'console' ? consoleTransport(options) : gateway(options)
}

/** For development only: the configuration refuses it in production. */
function consoleTransport({ log }: Pick<NotifyOptions, 'log'>): SmsTransport {
  return {
    send: async ({ to, text }) => log.info({ to }, `An SMS that a gateway would send: ${text}`),
  }
}

/** Milliseconds that a gateway may take. */
const TIMEOUT_MS = 10_000
const LARGEST_ANSWER_BYTES = 65_536

/** The form that Twilio takes, and gateways that follow it: To, From and Body, with Basic authentication. */
function gateway({
  settings,
  outbound,
}: Pick<NotifyOptions, 'settings' | 'outbound'>): SmsTransport {
  const { sms } = settings
  return {
    send: async ({ to, text }) => {
      const url = sms.url ?? ''
      const { status } = await outbound.request({
        url,
        reach: { kind: 'operator', origins: [new URL(url).origin] },
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          ...authorization(sms),
        },
        body: new URLSearchParams({ To: to, From: sms.from ?? '', Body: text }).toString(),
        timeoutMs: TIMEOUT_MS,
        maxBytes: LARGEST_ANSWER_BYTES,
      })
      // The answer may repeat the message: only its status is told.
      if (status < 200 || status > 299) throw refusal(status)
    },
  }
}

function authorization({ user, password }: NotifySettings['sms']): { authorization?: string } {
  if (user === null) return {}
  const pair = Buffer.from(`${user}:${password?.reveal() ?? ''}`).toString('base64')
  return { authorization: `Basic ${pair}` }
}

/** 401 and 403 may be mended by the operator, 408, 425 and 429 by waiting; other 4xx stay. */
function refusal(status: number): Error {
  const sentence = `The SMS gateway answered ${status}.`
  const isFinal = status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status)
  return isFinal ? new PermanentFailure(sentence) : new Error(sentence)
}
