import type { Id } from '../../kernel/index.ts'
import type { KeyType } from './key-format.ts'

/** A key that passed every check of the platform, as a service's own check sees it. */
export interface CheckedKey {
  readonly id: Id<'api-key'>
  readonly type: KeyType
  readonly test: boolean
  readonly tenant: Id<'tenant'>
  readonly owner: Id<'person'>
  readonly name: string
  readonly scopes: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
}

/** The request that a key came with. */
export interface KeyRequest {
  readonly method: string
  /** Route template, never the raw address. */
  readonly path: string
  readonly clientAddress: string | null
}

/**
 * A service's own word on a key (`hooks.checkKey`), asked at each request after every check of the
 * platform: `false` refuses it like any invalid key. A check that throws refuses too.
 */
export type CheckKey = (key: CheckedKey, request: KeyRequest) => boolean | Promise<boolean>

/** Asks the service's own check. One that throws lets nobody in. */
export async function passesCheck(
  {
    checkKey,
    log,
  }: {
    readonly checkKey?: CheckKey | undefined
    readonly log: { warn(facts: object, message?: string): void }
  },
  key: CheckedKey,
  request: KeyRequest,
): Promise<boolean> {
  if (checkKey === undefined) return true
  try {
    return (await checkKey(key, request)) === true
  } catch (error) {
    log.warn({ error, key: key.id }, 'the hook checkKey failed, so the key was refused')
    return false
  }
}
