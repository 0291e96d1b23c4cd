/** What stands where a secret was. */
export const HIDDEN = '[secret]'

// Each pattern is linear: one bounded class, no nesting. They see at most a few kilobytes.
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // A password in a URL: postgres://app:hunter2@db/app
  [/(:\/\/[^\s/:@]{0,128}):[^\s/@]{1,512}@/g, `$1:${HIDDEN}@`],
  [/\b(Bearer|Basic|DPoP)\s+[A-Za-z0-9._~+/=-]{4,}/gi, `$1 ${HIDDEN}`],
  // A JSON Web Token, also one that was cut off.
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g, HIDDEN],
  // API keys carry their kind in front (contract D12).
  [/\b(sk_service|uk_user|ak_admin|rk_readonly)_[\w-]{8,}/g, `$1_${HIDDEN}`],
  [
    /\b(code|state|nonce|password|secret|token|code_verifier|client_secret|id_token(?:_hint)?|access_token|refresh_token|session_state)=[^&\s"'#]{1,4096}/gi,
    `$1=${HIDDEN}`,
  ],
]

/** What every pattern needs a piece of; most text has none, and most of the log's time is here. */
const SUSPECT = /=|:\/\/|eyJ|_|bearer|basic|dpop/i

/** Takes secrets out of running text: URLs with passwords, tokens, query fields of OAuth. */
export function scrub(text: string): string {
  if (text.length < 6 || !SUSPECT.test(text)) return text
  let clean = text
  for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement)
  return clean
}
