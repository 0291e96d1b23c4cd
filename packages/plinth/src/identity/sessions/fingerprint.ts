import type { Secret } from '../../kernel/index.ts'
import { deriveKey, mac } from '../../kernel/index.ts'

/** What a User-Agent header says, without its versions. */
export interface BrowserKind {
  /** Product family: `Firefox`. */
  readonly family: string
  /** Operating system: `Linux`. */
  readonly system: string
}

// The first that fits: others carry `Chrome` and `Safari` for compatibility, and come before them.
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:Edg|EdgA|EdgiOS)\//, 'Edge'],
  [/\b(?:OPR|OPX|OPT)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\b(?:Macintosh|Mac OS X)\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]
const LONGEST = 512
/** Families whose hash is kept: people use few, and a header may say anything. */
const MOST_KNOWN = 64

/** The kind of browser behind a User-Agent header. An update of the browser does not change it. */
export function browserKind(userAgent: string | undefined): BrowserKind {
  const text = (userAgent ?? '').slice(0, LONGEST)
  const find = (list: typeof FAMILIES) => list.find(([pattern]) => pattern.test(text))?.[1]
  const product = /^[A-Za-z][\w.-]{0,40}/.exec(text)?.[0] ?? 'an unknown program'
  return { family: find(FAMILIES) ?? product, system: find(SYSTEMS) ?? 'an unknown system' }
}

/** A browser, for people: `Chrome on Linux`. */
export function deviceName(userAgent: string | undefined): string {
  const { family, system } = browserKind(userAgent)
  return `${family} on ${system}`
}

/** Makes the keyed hashes by which sessions and devices are recognised; neither can be reversed. */
export interface Fingerprints {
  /** Of a session: the browser family only (D7), so that no update and no roaming ends it. */
  ofBrowser(userAgent: string | undefined): Buffer
  /** Of a person's device: browser family and operating system. */
  ofDevice(person: string, userAgent: string | undefined): Buffer
}

/** Fingerprints keyed by the session secret. */
export function createFingerprints(secret: Secret): Fingerprints {
  const keys = { browser: deriveKey(secret, 'fingerprint'), device: deriveKey(secret, 'device') }
  const known = new Map<string, Buffer>()
  return {
    ofBrowser(userAgent) {
      const { family } = browserKind(userAgent)
      const seen = known.get(family)
      if (seen !== undefined) return seen
      const made = Buffer.from(mac(keys.browser, family))
      if (known.size < MOST_KNOWN) known.set(family, made)
      return made
    },
    ofDevice(person, userAgent) {
      const { family, system } = browserKind(userAgent)
      return Buffer.from(mac(keys.device, person, family, system))
    },
  }
}
