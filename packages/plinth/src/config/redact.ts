import { Secret } from '../kernel/index.ts'

const HIDDEN = '[secret]'
const LONGEST = 80
const SECRET_NAME = /(?:secret|password|passwd|token|private|(?:api|signing|encryption)_key)s?$/i
const USER = /:\/\/[^\s:/@]*:/
const QUERY_SECRET = /([?&][^=&\s]*(?:secret|password|token|key|sig)[^=&\s]*=)[^&\s]*/gi

/** Whether a key is secret by its name, whatever its schema says. */
export function isSecretName(key: string): boolean {
  return SECRET_NAME.test(key)
}

/** A value fit for a screen: secrets hidden, passwords in URLs masked. */
export function redacted(value: unknown, secret: boolean): unknown {
  if (value === undefined || value === null) return value
  if (secret || value instanceof Secret) return HIDDEN
  if (typeof value === 'string') return withoutPasswords(value)
  if (Array.isArray(value)) return value.map((item) => redacted(item, false))
  return value
}

/** A short quote of a refused value for a message; empty for a secret. */
export function quoted(value: unknown, secret: boolean): string {
  if (secret || value instanceof Secret || typeof value === 'object') return ''
  const text = withoutPasswords(String(value))
  return `, not ${JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)}`
}

function withoutPasswords(text: string): string {
  return withoutUserinfo(text).replace(QUERY_SECRET, '$1***')
}

/** Up to the last @: a password may hold / or @, and hiding too much beats hiding too little. */
function withoutUserinfo(text: string): string {
  const end = text.lastIndexOf('@')
  const user = USER.exec(text.slice(0, Math.max(end, 0)))
  if (user === null) return text
  return `${text.slice(0, user.index + user[0].length)}***${text.slice(end)}`
}
