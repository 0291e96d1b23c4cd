import type { KeyObject } from 'node:crypto'
import { addressBucket } from '../../http/index.ts'
import type { Id } from '../../kernel/index.ts'
import { mac } from '../../kernel/index.ts'
import type { AttemptKey } from './attempts.repository.ts'

/** What can be guessed. Each factor has counters of its own: the right one resets no other (MF-08). */
export type GuessedFactor = 'password' | 'second'

/** Whose secret is guessed: a person, or a name that nobody has, which is counted just the same. */
export type GuessedSubject = { readonly person: Id<'person'> } | { readonly name: string }

/** One try. */
export interface Attempt {
  readonly subject: GuessedSubject
  readonly factor: GuessedFactor
  /** Of the client; null when it is unknown. */
  readonly address: string | null
  /** What a browser keeps since somebody signed in with it, if it brought anything. */
  readonly device?: string | undefined
}

/**
 * The rows of a try. Keyed hashes: there are few addresses, and a plain hash of one is soon guessed.
 * @param key derived from the service's secret
 */
export function attemptKey(
  key: KeyObject,
  { subject, factor, address, device }: Attempt,
): AttemptKey {
  return {
    subject: subjectHash(key, subject, factor),
    network: bytes(mac(key, 'network', address === null ? 'unknown' : addressBucket(address))),
    device: device === undefined ? null : bytes(mac(key, 'device', device)),
  }
}

/** The key of all rows of a subject and a factor. */
export function subjectHash(
  key: KeyObject,
  subject: GuessedSubject,
  factor: GuessedFactor,
): Buffer {
  const who =
    'person' in subject ? (['person', subject.person] as const) : (['name', subject.name] as const)
  return bytes(mac(key, factor, ...who))
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'base64url')
}
