const EXACT = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'cookies',
  'setcookie',
  'code',
  'codeverifier',
  'state',
  'nonce',
  'xapikey',
  'apikey',
  'otp',
  'totp',
  'pin',
  'pwd',
  'passwd',
  'credential',
  'credentials',
  'signature',
  'samlresponse',
])

const ENDING = /(?:password|secret|token|passphrase|privatekey|signingkey|encryptionkey|apikey)s?$/

// Names repeat with every request; names made of input are many, hence the bound.
const known = new Map<string, boolean>()
const MOST_KNOWN = 1_000

/** Whether a field of this name is never logged, in whatever spelling: `X-API-Key`, `clientSecret`. */
export function isSecretName(name: string): boolean {
  const before = known.get(name)
  if (before !== undefined) return before
  const secret = looksSecret(name)
  if (known.size < MOST_KNOWN && name.length <= LONGEST_NAME) known.set(name, secret)
  return secret
}

const LONGEST_NAME = 64

function looksSecret(name: string): boolean {
  // A longer name is judged by its end, where the noun stands.
  const plain = name
    .slice(-LONGEST_NAME)
    .toLowerCase()
    .replaceAll(/[-_.\s]/g, '')
  return EXACT.has(plain) || ENDING.test(plain)
}
