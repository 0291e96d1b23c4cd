import { randomInt } from 'node:crypto'
import { isSlug } from '../tenant-name.ts'

const LONGEST = 54
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'

/** A short name made of a name, with a few random characters, so that it is hardly ever taken. */
export function newSlug(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const words = plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-|-$/g, '')
  const tail = Array.from({ length: 6 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('')
  const slug = `${words}-${tail}`
  return isSlug(slug) ? slug : `tenant-${tail}`
}
