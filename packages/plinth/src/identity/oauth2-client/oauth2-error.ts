/**
 * Why a call to a provider gave nothing: the state of a callback is unknown, used or late; the provider
 * refused; its answer cannot be believed; it cannot be reached.
 */
export type OAuth2Fault = 'state' | 'refused' | 'invalid' | 'unreachable'

const SENTENCES: Readonly<Record<OAuth2Fault, string>> = {
  state: 'This answer belongs to no sign-in that was started here, or comes too late. Start again.',
  refused: 'The provider refused. Check client id, secret, scopes and the grant.',
  invalid: 'The answer of the provider cannot be believed.',
  unreachable: 'The provider cannot be reached. Try again in a moment.',
}

/** A call of {@link OAuth2Client} that gave nothing. */
export class OAuth2Error extends Error {
  readonly code: OAuth2Fault
  /** What exactly, as a stable name for the log: `invalid_grant`, `status_503`, `nonce`. */
  readonly fault: string

  constructor(code: OAuth2Fault, fault: string) {
    super(`${SENTENCES[code]} (${fault})`)
    this.name = 'OAuth2Error'
    this.code = code
    this.fault = fault
  }
}
