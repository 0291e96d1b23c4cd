import { createHash } from 'node:crypto'
import { newToken } from '../../kernel/index.ts'

/** What an authorization request asked for, kept under the code that answered it. */
export interface Grant {
  readonly nonce: string | undefined
  readonly challenge: string
  readonly sid: string
  readonly acr: string | undefined
}

/** The codes that a provider gave out. */
export interface Grants {
  /** Makes a code for an authorization request. */
  issue(authorizationUrl: string): string
  /** The grant of a token request, if its code is known and its verifier fits (RFC 7636 4.6). */
  redeem(form: URLSearchParams): Grant | undefined
}

/** Remembers codes for ever: a dishonest provider takes one twice. */
export function createGrants(): Grants {
  const byCode = new Map<string, Grant>()
  return {
    issue(authorizationUrl) {
      const asked = new URL(authorizationUrl).searchParams
      const code = `code-${newToken()}`
      byCode.set(code, {
        nonce: asked.get('nonce') ?? undefined,
        challenge: asked.get('code_challenge') ?? '',
        sid: `sid-${newToken()}`,
        acr: asked.get('acr_values')?.split(' ')[0],
      })
      return code
    },
    redeem(form) {
      const grant = byCode.get(form.get('code') ?? '')
      return grant?.challenge === s256(form.get('code_verifier') ?? '') ? grant : undefined
    },
  }
}

function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}
