import type { KeyObject } from 'node:crypto'
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
import type { SigningKeyRow } from './signing-keys.repository.ts'
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
  return new StoredKeyRing(deps)
}

class StoredKeyRing implements KeyRing {
  readonly #deps: KeyRingDeps
  readonly #sealing: KeyObject
  readonly #opened = new Map<string, Promise<SigningKey>>()
  #held: { readonly keys: readonly SigningKey[]; readonly atMs: number } | undefined
  #reading: Promise<readonly SigningKey[]> | undefined

  constructor(deps: KeyRingDeps) {
    this.#deps = deps
    this.#sealing = deriveKey(deps.secret, 'signing-key')
  }

  async signer(): Promise<SigningKey & { readonly signing: CryptoKey }> {
    const { clock, policy } = this.#deps
    // A key that was taken back must not sign for longer than it verifies elsewhere.
    const known = await this.#fresh(LOOK_AGAIN_MS)
    const keys = isKeyDue(known, policy, clock.now()) ? await this.#rotateIfDue() : known
    const key = signingNow(keys, policy, clock.now())
    if (key?.signing === undefined) throw new TypeError('no key signs a moment after one was made')
    return { ...key, signing: key.signing }
  }

  async find(id: string, algorithm: SigningAlgorithm): Promise<CryptoKey | undefined> {
    const known = this.#held?.keys.find((key) => key.id === id)
    const key = known ?? (await this.#fresh(LOOK_AGAIN_MS)).find((one) => one.id === id)
    if (key?.algorithm !== algorithm || key.verifiesUntil <= this.#deps.clock.now())
      return undefined
    return key.verifying
  }

  async published(): Promise<readonly JWK[]> {
    const keys = await this.#fresh(FRESH_MS)
    return keys.flatMap(({ published }) => (published === undefined ? [] : [published]))
  }

  all(): Promise<readonly SigningKey[]> {
    return this.#read()
  }

  async rotate(tx: PlatformTx): Promise<Id<'signing-key'>> {
    await holdSigningKeys(tx)
    return this.#makeNext(tx)
  }

  changed(): void {
    this.#held = undefined
  }

  async #fresh(withinMs: number): Promise<readonly SigningKey[]> {
    const held = this.#held
    const isFresh = held !== undefined && this.#deps.clock.monotonic() - held.atMs < withinMs
    return isFresh ? held.keys : this.#read()
  }

  /** One reading at a time, for however many ask. */
  #read(): Promise<readonly SigningKey[]> {
    this.#reading ??= this.#readAll(this.#deps.platform).finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readAll(db: PlatformDb | PlatformTx): Promise<readonly SigningKey[]> {
    const { clock } = this.#deps
    const rows = await readSigningKeys(db, isoTime(clock.now()))
    const keys = await Promise.all(rows.map((row) => this.#open(row)))
    const named = new Set(rows.map(nameOf))
    for (const name of this.#opened.keys()) if (!named.has(name)) this.#opened.delete(name)
    this.#held = { keys, atMs: clock.monotonic() }
    return keys
  }

  /** An opened key is kept as long as its row says the same of its end. */
  #open(row: SigningKeyRow): Promise<SigningKey> {
    const found = this.#opened.get(nameOf(row)) ?? openSigningKey(this.#sealing, row)
    this.#opened.set(nameOf(row), found)
    return found
  }

  async #rotateIfDue(): Promise<readonly SigningKey[]> {
    const { platform, clock, policy } = this.#deps
    await platform.transaction(async (tx) => {
      await holdSigningKeys(tx)
      // Somebody else may have made it while this one waited.
      if (isKeyDue(await this.#readAll(tx), policy, clock.now())) await this.#makeNext(tx)
      await forgetSigningKeys(tx, isoTime(clock.now()))
    })
    // Not a reading that began before the commit, which somebody else may wait for.
    return this.#readAll(platform)
  }

  async #makeNext(tx: PlatformTx): Promise<Id<'signing-key'>> {
    const { clock, policy } = this.#deps
    const now = clock.now()
    const signer = signingNow(await this.#readAll(tx), policy, now)
    const signsFrom = signer === undefined ? now : now + PUBLISHED_BEFORE_MS
    const { algorithm } = policy
    const row = await newSigningKey(this.#sealing, clock, { algorithm, signsFrom })
    await insertSigningKey(tx, row, isoTime(signsFrom + OVERLAP_MS))
    this.#held = undefined
    return row.id
  }
}

function nameOf({ id, verifies_until: until }: SigningKeyRow): string {
  return `${id} ${until}`
}
