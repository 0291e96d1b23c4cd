import { domainToASCII } from 'node:url'

/** A name as it was typed, and the one form under which it is looked up, counted and unique. */
export interface SignInName {
  readonly kind: 'email' | 'username'
  /** As people see it. */
  readonly name: string
  readonly key: string
}

const LONGEST_NAME = 150
const LONGEST_EMAIL = 254
const LONGEST_LOCAL = 64
// Letters that look like ASCII and that no normal form turns into it.
const LOOKALIKE = /[ıȷɡɑ]/u
const UNSAFE = /[\p{C}\p{Z}<>()[\]\\,;:"'`]/u

/**
 * Reads a name that somebody signs in with: an e-mail address, or a user name. Full-width forms,
 * ligatures, the Kelvin sign and capitals are the plain letters that they stand for; characters that
 * cannot be seen, and names that mix alphabets that look alike, are refused (security.md MF-38).
 * Nothing is done to it but NFKC, lower case and the spaces around it.
 * @returns undefined for what cannot be a name; nobody has it
 */
export function signInName(text: string): SignInName | undefined {
  return text.includes('@') || text.includes('＠') ? emailName(text) : userName(text)
}

/** Reads a user name; undefined for what is none. */
export function userName(text: string): SignInName | undefined {
  const name = plain(text)
  if (name === undefined || name.length > LONGEST_NAME || name.includes('@')) return undefined
  return { kind: 'username', name, key: name.toLowerCase().normalize('NFKC') }
}

/** Reads an e-mail address, normalised before it is judged (MF-39); undefined for what is none. */
export function emailName(text: string): SignInName | undefined {
  const name = plain(text)
  const [local = '', domain = '', ...more] = name?.split('@') ?? []
  if (more.length > 0 || local === '' || local.length > LONGEST_LOCAL) return undefined
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return undefined
  // Mail servers that take other letters before the @ are few, and they look alike in too many ways.
  if (!/^[\x21-\x7e]+$/.test(local)) return undefined
  const host = domainToASCII(domain)
  if (!HOST.test(host)) return undefined
  const address = `${local}@${host}`
  if (address.length > LONGEST_EMAIL) return undefined
  return { kind: 'email', name: address, key: address.toLowerCase() }
}

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})+$`)

/** NFKC without what surrounds it; undefined when it holds what no name may. */
function plain(text: string): string | undefined {
  if (text.length > 4 * LONGEST_EMAIL || !text.isWellFormed()) return undefined
  const name = text.normalize('NFKC').trim()
  const isPlain = name !== '' && !UNSAFE.test(name) && !LOOKALIKE.test(name)
  return isPlain && !mixesAlphabets(name) ? name : undefined
}

const ALPHABETS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
]

function mixesAlphabets(name: string): boolean {
  return ALPHABETS.filter((alphabet) => alphabet.test(name)).length > 1
}
