import { z } from 'zod'
import { argon2 } from './native-hashes.ts'
import { pbkdf2Text } from './pbkdf2-hash.ts'
import { scryptText } from './scrypt-hash.ts'

/**
 * Takes over the hash of a password that another system made, in the form in which it is kept here.
 * Understood are argon2 (PHC), bcrypt (`$2a$`, `$2b$`, `$2y$`), PBKDF2 as passlib, Django and
 * Keycloak write it, and scrypt as PHC and better-auth write it. At the next sign-in it becomes argon2id.
 * @param text the hash as it was exported; a Keycloak credential as its JSON
 * @returns undefined for what is not understood, or costs more than a sign-in may
 */
export function importedHash(text: string): string | undefined {
  const hash = text.trim()
  if (hash.length > LONGEST) return undefined
  if (hash.startsWith('$argon2')) return bounded(hash, argon2Fits)
  if (hash.startsWith('$2')) return bounded(hash, bcryptFits)
  return passlib(hash) ?? django(hash) ?? phcScrypt(hash) ?? betterAuth(hash) ?? keycloak(hash)
}

const LONGEST = 2_048
const MOST_MEMORY_KIB = 1_048_576

function bounded(hash: string, fits: (hash: string) => boolean): string | undefined {
  try {
    return fits(hash) ? hash : undefined
  } catch {
    return undefined
  }
}

function argon2Fits(hash: string): boolean {
  const { memoryCost, timeCost, parallelism } = argon2().parseOptions(hash)
  return memoryCost <= MOST_MEMORY_KIB && timeCost <= 50 && parallelism <= 16
}

function bcryptFits(hash: string): boolean {
  const [, cost] = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash) ?? []
  return Number(cost) >= 4 && Number(cost) <= 16
}

/** `$pbkdf2-sha256$29000$salt$hash`, with `.` for `+`. */
function passlib(hash: string): string | undefined {
  const [, digest = '-sha1', iterations, salt, output] =
    /^\$pbkdf2(-sha1|-sha256|-sha512)?\$(\d{3,8})\$([A-Za-z0-9+./]+)\$([A-Za-z0-9+./]+)$/.exec(
      hash,
    ) ?? []
  if (salt === undefined || output === undefined) return undefined
  return pbkdf2Text({
    digest: digestOf(digest.slice(1)),
    iterations: Number(iterations),
    salt: Buffer.from(salt.replaceAll('.', '+'), 'base64'),
    output: Buffer.from(output.replaceAll('.', '+'), 'base64'),
  })
}

/** `pbkdf2_sha256$260000$salt$hash`, the salt as text. */
function django(hash: string): string | undefined {
  const [, digest, iterations, salt, output] =
    /^pbkdf2_(sha1|sha256)\$(\d{3,8})\$([^$\s]{1,96})\$([A-Za-z0-9+/]+=*)$/.exec(hash) ?? []
  if (salt === undefined || output === undefined) return undefined
  return pbkdf2Text({
    digest: digestOf(digest ?? ''),
    iterations: Number(iterations),
    salt: Buffer.from(salt),
    output: Buffer.from(output, 'base64'),
  })
}

/** `$scrypt$ln=16,r=8,p=1$salt$hash`, as passlib and the PHC string format write it, and as it is kept here. */
function phcScrypt(hash: string): string | undefined {
  const [, ln, r, p, nfkc, salt, output] =
    /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})(,nfkc)?\$([A-Za-z0-9+/.]+)\$([A-Za-z0-9+/.]+)$/.exec(
      hash,
    ) ?? []
  if (salt === undefined || output === undefined) return undefined
  return scryptText({
    ln: Number(ln),
    r: Number(r),
    p: Number(p),
    nfkc: nfkc !== undefined,
    salt: Buffer.from(salt.replaceAll('.', '+'), 'base64'),
    output: Buffer.from(output.replaceAll('.', '+'), 'base64'),
  })
}

/** `<salt as hex>:<hash as hex>`: scrypt with N 16384, r 16, p 1 over the password in NFKC; the salt is its hex text. */
function betterAuth(hash: string): string | undefined {
  const [, salt, output] = /^([0-9a-f]{32}):([0-9a-f]{128})$/.exec(hash) ?? []
  if (salt === undefined || output === undefined) return undefined
  const bytes = Buffer.from(output, 'hex')
  return scryptText({ ln: 14, r: 16, p: 1, nfkc: true, salt: Buffer.from(salt), output: bytes })
}

const keycloakCredential = z.object({
  secretData: z.union([z.string(), z.object({}).loose()]),
  credentialData: z.union([z.string(), z.object({}).loose()]),
})
const keycloakSecret = z.object({ value: z.base64(), salt: z.base64() })
const keycloakPbkdf2 = z.object({
  hashIterations: z.int(),
  algorithm: z.enum(['pbkdf2', 'pbkdf2-sha256', 'pbkdf2-sha512']),
})
const number = z.tuple([z.string().regex(/^\d{1,7}$/)])
const keycloakArgon2 = z.object({
  hashIterations: z.int(),
  algorithm: z.literal('argon2'),
  additionalParameters: z.object({
    memory: number,
    parallelism: number,
    type: z.tuple([z.enum(['id', 'i', 'd'])]),
    version: z.tuple([z.literal('1.3')]),
  }),
})

/** A credential of a Keycloak export: `{"secretData": …, "credentialData": …}`, both JSON once more. */
function keycloak(text: string): string | undefined {
  const outer = keycloakCredential.safeParse(json(text))
  if (!outer.success) return undefined
  const secret = keycloakSecret.safeParse(json(outer.data.secretData))
  if (!secret.success) return undefined
  const facts = json(outer.data.credentialData)
  const salt = Buffer.from(secret.data.salt, 'base64')
  const output = Buffer.from(secret.data.value, 'base64')
  const argon2 = keycloakArgon2.safeParse(facts)
  if (argon2.success) {
    const { additionalParameters: more, hashIterations } = argon2.data
    const cost = `m=${more.memory[0]},t=${hashIterations},p=${more.parallelism[0]}`
    const phc = `$argon2${more.type[0]}$v=19$${cost}$${base64(salt)}$${base64(output)}`
    return bounded(phc, argon2Fits)
  }
  const pbkdf2 = keycloakPbkdf2.safeParse(facts)
  if (!pbkdf2.success) return undefined
  const digest = digestOf(pbkdf2.data.algorithm.slice('pbkdf2-'.length))
  return pbkdf2Text({ digest, iterations: pbkdf2.data.hashIterations, salt, output })
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}

function digestOf(name: string): 'sha1' | 'sha256' | 'sha512' {
  return name === 'sha256' || name === 'sha512' ? name : 'sha1'
}

function json(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}
