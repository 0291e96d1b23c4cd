import { PermanentFailure } from '../feature/index.ts'
import { deriveKey, type Secret, seal, unseal } from '../kernel/index.ts'

/** Hides what a message says while it waits in the table of jobs. */
export interface MessageSeal {
  /** @param to whom it goes to: it opens for nobody else */
  close(to: string, content: object): string
  /** @throws PermanentFailure when it was closed with another secret, or for somebody else */
  open(to: string, sealed: string): unknown
}

/**
 * Codes and links that open an account go by mail and SMS. The table of jobs keeps a message until it
 * is sent, and a while after that: whoever reads the table, its backup or the job's output must
 * not find them there (ASVS 14.2.4, MF-22).
 * @param secret `app.session_signing_secret`; a message waits for minutes, so a new secret loses little
 */
export function messageSeal(secret: Secret, job: string): MessageSeal {
  const key = deriveKey(secret, 'message')
  const placeOf = (to: string) => `${job} ${to}`
  return {
    close: (to, content) => seal(key, placeOf(to), JSON.stringify(content)).toString('base64'),
    open: (to, sealed) => {
      const text = unseal(key, placeOf(to), Buffer.from(sealed, 'base64'))
      if (text === undefined) {
        throw new PermanentFailure(
          'The message was sealed with another app.session_signing_secret and cannot be opened.',
        )
      }
      return JSON.parse(text)
    },
  }
}
