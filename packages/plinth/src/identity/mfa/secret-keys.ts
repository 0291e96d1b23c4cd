import type { KeyObject } from 'node:crypto'
import type { Secret } from '../../kernel/index.ts'
import { deriveKey, mac, seal, unseal } from '../../kernel/index.ts'

/** Seals the secrets of authenticator apps, each for its person and its row (MF-18). */
export interface SecretKeys {
  seal(place: SecretPlace, secret: string): { readonly sealed: Buffer; readonly keyId: string }
  /** Undefined for a secret of another person, another row, or a key that is not here. */
  open(place: SecretPlace, kept: KeptSecret): string | undefined
  /** Whether it was sealed with a key that is being replaced. */
  isFormer(keyId: string): boolean
}

/** Whose secret, in which row. */
export interface SecretPlace {
  readonly person: string
  readonly method: string
}

/** A secret as the table has it. */
export interface KeptSecret {
  readonly sealed: Buffer
  readonly keyId: string
}

/**
 * The keys of a service.
 * @param current `mfa.encryption_key`, or `app.session_signing_secret` where that is not set
 * @param former `mfa.former_encryption_key`: it opens, and seals nothing any more
 */
export function secretKeys(current: Secret, former: Secret | undefined): SecretKeys {
  const newest = keyOf(current)
  const all = [newest, ...(former === undefined ? [] : [keyOf(former)])]
  return {
    seal: (place, secret) => ({
      sealed: seal(newest.key, placeText(place), secret),
      keyId: newest.id,
    }),
    open: (place, { sealed, keyId }) => {
      const known = all.find(({ id }) => id === keyId)
      return known && unseal(known.key, placeText(place), sealed)
    },
    isFormer: (keyId) => keyId !== newest.id,
  }
}

interface NamedKey {
  readonly id: string
  readonly key: KeyObject
}

/** A key and the name by which rows refer to it; the name tells nothing of the key. */
function keyOf(secret: Secret): NamedKey {
  const key = deriveKey(secret, 'mfa-secret')
  return { id: mac(key, 'key id').slice(0, 8), key }
}

function placeText({ person, method }: SecretPlace): string {
  return `totp ${person} ${method}`
}
