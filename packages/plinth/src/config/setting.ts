import { z } from 'zod'
import { Secret } from '../kernel/index.ts'
import { trustFault } from './network.ts'
import { isPlaceholder, secretWeakness } from './secret-strength.ts'

/** Fewest characters of a signing secret (contract, appendix B). */
const SIGNING_SECRET_CHARACTERS = 32
const GENERATE = 'use the output of: openssl rand -base64 32'

/** A setting that holds a {@link Secret}. */
export type SecretSetting = z.ZodPipe<z.ZodString, z.ZodTransform<Secret, string>>

/**
 * A secret that this service makes for itself, such as a signing key. Refused: fewer than 32
 * characters, placeholders, repetitions, little entropy (FI-52).
 */
export function secret(): SecretSetting {
  return hidden((text) => {
    const { length } = text
    if (isPlaceholder(text)) return 'is a placeholder, not a secret'
    if (length < SIGNING_SECRET_CHARACTERS) {
      return `has ${length} characters and needs at least ${SIGNING_SECRET_CHARACTERS}`
    }
    return secretWeakness(text)
  }, GENERATE)
}

/** A secret that somebody else chose, such as a provider's client secret: only placeholders are refused. */
export function credential(): SecretSetting {
  const fix = 'put the real one in a secret file or in the environment'
  return hidden((text) => (isPlaceholder(text) ? 'is a placeholder, not a secret' : undefined), fix)
}

function hidden(weakness: (text: string) => string | undefined, fix: string): SecretSetting {
  return z
    .string()
    .superRefine((text, context) => {
      const says = weakness(text)
      if (says !== undefined) context.addIssue({ code: 'custom', message: `${says} → ${fix}` })
    })
    .meta({ secret: true, takes: 'a secret' })
    .transform((text) => new Secret(text))
}

/** A setting that holds text of one form. */
export type TextSetting = z.ZodPipe<z.ZodString, z.ZodTransform<string, string>>

/** An http or https URL without user, query and fragment; a trailing slash is taken off. */
export function httpUrl(): TextSetting {
  return checkedText('an http or https URL', urlFault, (text) =>
    new URL(text).href.replace(/(?<!\/)\/+$/, ''),
  )
}

/** An http or https origin: scheme, host and port, nothing more. */
export function origin(): TextSetting {
  return checkedText(
    'an origin like https://app.example.com',
    originFault,
    (text) => new URL(text).origin,
  )
}

/** Exact origins. `*` is refused: a page of any site could act with a visitor's cookie. */
export function origins(): z.ZodArray<TextSetting> {
  return z.array(origin())
}

/** Addresses and CIDR ranges. Ranges that hold half of the internet are refused (XF-11). */
export function networks(): z.ZodArray<TextSetting> {
  return z.array(checkedText('an address or a range like 10.0.3.0/24', trustFault, (text) => text))
}

/** A path on this service, as a `Location` may hold it: `/` or `/welcome`, never another host. */
export function localPath(): TextSetting {
  return checkedText('a path on this service like /welcome', localPathFault, (text) => {
    const { pathname, search, hash } = new URL(text, HERE)
    return `${pathname}${search}${hash}`
  })
}

function checkedText(
  takes: string,
  fault: (text: string) => string | undefined,
  normal: (text: string) => string,
): TextSetting {
  return z
    .string()
    .superRefine((text, context) => {
      const message = fault(text)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    })
    .meta({ takes })
    .transform((text) => (fault(text) === undefined ? normal(text) : text))
}

function urlFault(text: string): string | undefined {
  const fix = 'write it like https://api.example.com'
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return `is not an http or https URL → ${fix}`
  if (url.username !== '' || url.password !== '') return `holds a user name or password → ${fix}`
  if (/[?#]/.test(text)) return `holds a query or a fragment → ${fix}`
  return undefined
}

function originFault(text: string): string | undefined {
  const fix = 'list each origin, like https://app.example.com'
  if (text.includes('*')) return `allows every site with * → ${fix}`
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    return `holds ${JSON.stringify(text)}, which is not an origin → ${fix}`
  if (url.origin !== url.href.replace(/\/$/, ''))
    return `holds ${JSON.stringify(text)}, which is more than an origin → ${fix}`
  return undefined
}

const HERE = 'http://here.invalid'
// A browser that is sent there after signing in would sign in again, for ever.
const AUTH_ROUTES = /^(?:\/t\/[^/]+)?\/auth(?:\/|$)/i

function localPathFault(text: string): string | undefined {
  const url = URL.parse(text, HERE)
  const isPath = text.startsWith('/') && !text.includes('\\')
  if (!isPath || url?.origin !== HERE || url.pathname.startsWith('//')) {
    return 'leaves this service → write a path that starts with one /'
  }
  return AUTH_ROUTES.test(url.pathname)
    ? 'leads back to signing in → write the path of a page, like /welcome'
    : undefined
}
