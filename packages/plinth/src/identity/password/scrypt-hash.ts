import type { ScryptOptions } from 'node:crypto'
import { scrypt, timingSafeEqual } from 'node:crypto'

// $scrypt$ln=14,r=8,p=1$<salt>$<hash>, base64 without padding. With `,nfkc` the password is
// normalised first, as the system did that the hash comes from.
const FORM =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})(,nfkc)?\$([A-Za-z0-9+/]{1,128})\$([A-Za-z0-9+/]{21,172})$/

const MOST_MEMORY = 256 * 1024 * 1024

/** A scrypt hash of another system. */
export interface Scrypt {
  /** Binary logarithm of the cost. */
  readonly ln: number
  readonly r: number
  readonly p: number
  readonly nfkc?: boolean
  readonly salt: Buffer
  readonly output: Buffer
}

/** Writes one; undefined when it is outside what is verified here. */
export function scryptText({ ln, r, p, nfkc, salt, output }: Scrypt): string | undefined {
  const form = `ln=${ln},r=${r},p=${p}${nfkc ? ',nfkc' : ''}`
  const text = `$scrypt$${form}$${base64(salt)}$${base64(output)}`
  return FORM.test(text) && ln >= 10 && p <= 16 && memoryOf(ln, r) <= MOST_MEMORY ? text : undefined
}

/** Whether a password is the one of a scrypt hash. */
export async function verifyScrypt(text: string, password: string): Promise<boolean> {
  const [, ln, r, p, nfkc, salt, output] = FORM.exec(text) ?? []
  if (salt === undefined || output === undefined) return false
  const wanted = Buffer.from(output, 'base64')
  const [log, blockSize] = [Number(ln), Number(r)]
  if (memoryOf(log, blockSize) > MOST_MEMORY) return false
  const given = nfkc === undefined ? password : password.normalize('NFKC')
  const got = await derive(given, Buffer.from(salt, 'base64'), {
    length: wanted.length,
    N: 2 ** log,
    r: blockSize,
    p: Number(p),
    maxmem: 2 * MOST_MEMORY,
  })
  return timingSafeEqual(got, wanted)
}

function derive(
  password: string,
  salt: Buffer,
  { length, ...options }: ScryptOptions & { readonly length: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

function memoryOf(ln: number, r: number): number {
  return 128 * r * 2 ** ln
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
