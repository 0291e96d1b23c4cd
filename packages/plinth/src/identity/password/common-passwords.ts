import { readFileSync } from 'node:fs'
import type { BloomFilter } from './bloom-filter.ts'
import { bloomFilter } from './bloom-filter.ts'

let filter: BloomFilter | undefined

/**
 * Whether a password is among the 49,000 that people choose most, by letters of any case: a filter of
 * the dictionary of `@zxcvbn-ts/language-common`, read when first asked.
 */
export function isCommonPassword(password: string): boolean {
  filter ??= bloomFilter(readFileSync(new URL('./common-passwords.bloom', import.meta.url)))
  return filter.has(password.toLowerCase())
}
