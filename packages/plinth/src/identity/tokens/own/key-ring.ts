import type { CryptoKey, JWK } from 'jose'
import type { PlatformDb, PlatformTx } from '../../../data/index.ts'
import type { Clock, Id, Secret } from '../../../kernel/index.ts'
import { deriveKey } from '../../../kernel/index.ts'
import { isoTime } from '../../sessions/iso-time.ts'
import type { KeyPolicy } from './choose-key.ts'
import { isKeyDue, OVERLAP_MS, PUBLISHED_BEFORE_MS, signingNow } from './choose-key.ts'
import type { SigningAlgorithm } from './signing-algorithms.ts'
import type { SigningKey } from './signing-key.ts'
import { newSigningKey, openSigningKey } from './signing-key.ts'
import {
  forgetSigningKeys,
  holdSigningKeys,
  insertSigningKey,
  readSigningKeys,
} from './signing-keys.repository.ts'

/** What a key ring is made from. */
export interface KeyRingDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  /** `app.session_signing_secret`: what the private halves are sealed with. */
  readonly secret: Secret
  readonly policy: KeyPolicy
}

/** The signing keys of a service, as one process holds them. */
export interface KeyRing {
  /** The key that signs now; the first one is made when it is first asked for. */
  signer(): Promise<SigningKey & { readonly signing: CryptoKey }>
  /** The key of an id and algorithm that verifies now. An unknown id costs at most one look a second. */
  find(id: string, algorithm: SigningAlgorithm): Promise<CryptoKey | undefined>
  /** What others verify our tokens with (RFC 7517). */
  published(): Promise<readonly JWK[]>
  /** All that verify now, the youngest first. */
  all(): Promise<readonly SigningKey[]>
  /** Makes the next key, whether it is time or not; it signs when it has been published for a while. */
  rotate(tx: PlatformTx): Promise<Id<'signing-key'>>
  /** Has the next caller read the keys anew. */
  changed(): void
}

const FRESH_MS = 30_000
const LOOK_AGAIN_MS = 1_000

/** Opens the ring; nothing is read or made before somebody asks. */
export function createKeyRing(deps: KeyRingDeps): KeyRing {
  const { platform, clock, policy } = deps
  const sealing = deriveKey(deps.secret, 'signing-key')
  const opened = new Map<string, Promise<SigningKey>>()
  let held: { readonly keys: readonly SigningKey[]; readonly atMs: number } | undefined
  let reading: Promise<readonly SigningKey[]> | undefined

  /** One reading at a time, for however many ask. */
  function read(): Promise<readonly SigningKey[]> {
    reading ??= readAll(platform).finally(() => {
      reading = undefined
    })
    return reading
  }

  async function readAll(db: PlatformDb | PlatformTx): Promise<readonly SigningKey[]> {
    const rows = await readSigningKeys(db, isoTime(clock.now()))
    const keys = await Promise.all(
      rows.map((row) => {
        // An opened key is kept as long as its row says the same of its end.
        const name = `${row.id} ${row.verifies_until}`
        const found = opened.get(name) ?? openSigningKey(sealing, row)
        opened.set(name, found)
        return found
      }),
    )
    const named = new Set(rows.map((row) => `${row.id} ${row.verifies_until}`))
    for (const name of opened.keys()) if (!named.has(name)) opened.delete(name)
    held = { keys, atMs: clock.monotonic() }
    return keys
  }

  async function fresh(withinMs: number): Promise<readonly SigningKey[]> {
    return held !== undefined && clock.monotonic() - held.atMs < withinMs ? held.keys : read()
  }

  async function rotate(tx: PlatformTx): Promise<Id<'signing-key'>> {
    const now = clock.now()
    const signer = signingNow(await readAll(tx), policy, now)
    const signsFrom = signer === undefined ? now : now + PUBLISHED_BEFORE_MS
    const { algorithm } = policy
    const row = await newSigningKey(sealing, clock, { algorithm, signsFrom })
    await insertSigningKey(tx, row, isoTime(signsFrom + OVERLAP_MS))
    held = undefined
    return row.id
  }

  async function rotateIfDue(): Promise<readonly SigningKey[]> {
    await platform.transaction(async (tx) => {
      await holdSigningKeys(tx)
      // Somebody else may have made it while this one waited.
      if (isKeyDue(await readAll(tx), policy, clock.now())) await rotate(tx)
      await forgetSigningKeys(tx, isoTime(clock.now()))
    })
    return read()
  }

  return {
    async signer() {
      // A key that was taken back must not sign for longer than it verifies elsewhere.
      const known = await fresh(LOOK_AGAIN_MS)
      const keys = isKeyDue(known, policy, clock.now()) ? await rotateIfDue() : known
      const key = signingNow(keys, policy, clock.now())
      if (key?.signing === undefined)
        throw new TypeError('no key can sign a moment after one was made')
      return { ...key, signing: key.signing }
    },
    async find(id, algorithm) {
      const known = held?.keys.find((key) => key.id === id)
      const key = known ?? (await fresh(LOOK_AGAIN_MS)).find((one) => one.id === id)
      if (key?.algorithm !== algorithm || key.verifiesUntil <= clock.now()) return undefined
      return key.verifying
    },
    async published() {
      const keys = await fresh(FRESH_MS)
      return keys.flatMap(({ published }) => (published === undefined ? [] : [published]))
    },
    all: () => read(),
    async rotate(tx) {
      await holdSigningKeys(tx)
      return rotate(tx)
    },
    changed() {
      held = undefined
    },
  }
}
