import { randomBytes } from 'node:crypto'
import { argon2, bcrypt } from './native-hashes.ts'
import type { PasswordSettings } from './password.settings.ts'
import { verifyPbkdf2 } from './pbkdf2-hash.ts'
import { verifyScrypt } from './scrypt-hash.ts'

/** What one argon2id hash costs. */
export interface HashCost {
  readonly memoryCost: number
  readonly timeCost: number
  readonly parallelism: number
}

/** The cost that settings name. */
export function hashCost(settings: PasswordSettings): HashCost {
  return {
    memoryCost: settings.argon2_memory_kib,
    timeCost: settings.argon2_passes,
    parallelism: settings.argon2_lanes,
  }
}

/** Hashes a password with argon2id, all of it as it is, as a PHC string with its salt and cost. */
export async function hashPassword(password: string, cost: HashCost): Promise<string> {
  return argon2().hash(password, { ...cost, outputLen: 32 })
}

/** A hash that no password has, of the given cost: to do the same work for people who are not there. */
export function nobodysHash({ memoryCost, timeCost, parallelism }: HashCost): string {
  const [salt, output] = [16, 32].map((size) => base64(randomBytes(size)))
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${salt}$${output}`
}

/** Whether a password is the one of a hash, whichever algorithm made that. */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  try {
    if (hash.startsWith('$argon2')) return await argon2().verify(hash, password)
    if (hash.startsWith('$2')) return await bcrypt().verify(password, hash)
    if (hash.startsWith('$pbkdf2-')) return await verifyPbkdf2(hash, password)
    return hash.startsWith('$scrypt$') && (await verifyScrypt(hash, password))
  } catch {
    // A hash that cannot be read opens for nobody.
    return false
  }
}

/** Whether a hash was made otherwise than a new one would be. */
export function isOutdated(hash: string, cost: HashCost): boolean {
  if (!hash.startsWith('$argon2id$')) return true
  const { memoryCost, timeCost, parallelism } = argon2().parseOptions(hash)
  return (
    memoryCost !== cost.memoryCost || timeCost !== cost.timeCost || parallelism !== cost.parallelism
  )
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
