import { pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)

// $pbkdf2-sha256$<iterations>$<salt>$<hash>, base64 without padding.
const FORM =
  /^\$pbkdf2-(sha1|sha256|sha512)\$([1-9]\d{2,7})\$([A-Za-z0-9+/]{1,128})\$([A-Za-z0-9+/]{21,172})$/

/** More is no security but a way to keep the machine busy: an import could ask for any number. */
const MOST_ITERATIONS = 10_000_000

/** A PBKDF2 hash of another system, in the form in which it is kept here. */
export interface Pbkdf2 {
  readonly digest: 'sha1' | 'sha256' | 'sha512'
  readonly iterations: number
  readonly salt: Buffer
  readonly output: Buffer
}

/** Writes one; undefined when it is outside what is verified here. */
export function pbkdf2Text({ digest, iterations, salt, output }: Pbkdf2): string | undefined {
  const text = `$pbkdf2-${digest}$${iterations}$${base64(salt)}$${base64(output)}`
  return FORM.test(text) && iterations <= MOST_ITERATIONS ? text : undefined
}

/** Whether a password is the one of a PBKDF2 hash. */
export async function verifyPbkdf2(text: string, password: string): Promise<boolean> {
  const [, digest, iterations, salt, output] = FORM.exec(text) ?? []
  if (digest === undefined || salt === undefined || output === undefined) return false
  const wanted = Buffer.from(output, 'base64')
  const saltBytes = Buffer.from(salt, 'base64')
  const got = await derive(password, saltBytes, Number(iterations), wanted.length, digest)
  return timingSafeEqual(got, wanted)
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
