import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** argon2, native code: loaded by the first password, not by every start. */
export function argon2(): typeof import('@node-rs/argon2') {
  return require('@node-rs/argon2')
}

/** bcrypt, native code: loaded by the first password that another system hashed with it. */
export function bcrypt(): typeof import('@node-rs/bcrypt') {
  return require('@node-rs/bcrypt')
}
