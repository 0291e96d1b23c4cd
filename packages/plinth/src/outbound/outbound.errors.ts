/** Why a call to another host gave no answer. Stable: it stands in logs and audit rows. */
export type OutboundFault =
  | 'bad_url'
  | 'scheme_not_allowed'
  | 'host_not_allowed'
  | 'address_not_allowed'
  | 'name_not_found'
  | 'unreachable'
  | 'timeout'
  | 'aborted'
  | 'redirect'
  | 'answer_too_large'
  | 'answer_encoded'
  | 'answer_type'
  | 'answer_not_json'

/**
 * A call that gave no usable answer. Its sentence names the host and never the path, the query,
 * a header or a body: those carry codes and tokens.
 */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly code: OutboundFault

  constructor(code: OutboundFault, host: string, cause?: unknown) {
    super(
      `call to ${host || 'another host'}: ${SENTENCES[code]}`,
      cause === undefined ? {} : { cause },
    )
    this.code = code
  }
}

const SENTENCES: Readonly<Record<OutboundFault, string>> = {
  bad_url: 'the address is not a URL that may be called (no user name, no fragment)',
  scheme_not_allowed: 'only https is called; http only on loopback for an address you configured',
  host_not_allowed: 'this host and port are not among those that the configuration names',
  address_not_allowed: 'its name leads to an address that is not public',
  name_not_found: 'its name has no address',
  unreachable: 'the connection failed',
  timeout: 'no complete answer in time',
  aborted: 'the caller gave up',
  redirect: 'it answered with a redirect, which is not followed',
  answer_too_large: 'its answer is larger than allowed',
  answer_encoded: 'its answer is compressed although that was not asked for',
  answer_type: 'its answer has an unexpected content type',
  answer_not_json: 'its answer is not unambiguous JSON',
}
