import { randomBytes } from 'node:crypto'
import type { PlatformDb } from '../../data/index.ts'
import type { Clock, Secret } from '../../kernel/index.ts'
import { deriveKey, mac } from '../../kernel/index.ts'
import { readHashKinds } from './hash-kinds.repository.ts'
import type { Passwords } from './passwords.ts'

/**
 * Hashes that no password has, to be checked where there is none. Imported hashes cost another time
 * than ours until their people sign in. So every name that nobody has takes as long as one of the
 * accounts would, always the same, and as many of them as there are such accounts: the time says what
 * kind a hash would be, and not whether there is one (MF-35). The work is that of an account, within
 * the same bound of hashes at a time.
 */
export interface Decoys {
  /** For a name without a hash; null where it costs what a hash made now does. */
  for(name: string): Promise<string | null>
  /** As dear as a hash, and not it. */
  like(hash: string): string
}

/** What decoys need. */
export interface DecoyDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  /** `app.session_signing_secret`: nobody else can tell which name takes how long. */
  readonly secret: Secret
  readonly passwords: Pick<Passwords, 'isOutdated'>
  readonly log: { warn(facts: object, message?: string): void }
}

/** How long an import may stand out. */
const FRESH_MS = 60_000

interface Share {
  readonly decoy: string
  /** Names whose number, from 0 to 1, is below it. */
  readonly below: number
}

/** Makes decoys; what kinds there are is read by the first sign-in, and again while there are more. */
export function createDecoys(deps: DecoyDeps): Decoys {
  const key = deriveKey(deps.secret, 'decoy')
  let shares: readonly Share[] | undefined
  let [readAt, reading]: [number, Promise<void> | undefined] = [0, undefined]
  const read = async () => {
    shares = await readShares(deps)
    readAt = deps.clock.monotonic()
  }
  const readOnce = () => {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }
  return {
    like,
    async for(name) {
      if (shares === undefined) await readOnce()
      else if (deps.clock.monotonic() - readAt >= FRESH_MS) {
        // Whoever signs in does not wait for it: nobody but them would.
        readOnce().catch((error: unknown) =>
          deps.log.warn({ error }, 'the kinds of hashes could not be read; they are read again'),
        )
      }
      const place = Buffer.from(mac(key, name), 'base64url').readUInt32BE(0) / 2 ** 32
      return shares?.find(({ below }) => place < below)?.decoy ?? null
    },
  }
}

async function readShares({ platform, passwords }: DecoyDeps): Promise<readonly Share[]> {
  const kinds = await readHashKinds(platform)
  const total = kinds.reduce((sum, { accounts }) => sum + accounts, 0)
  let counted = 0
  return kinds
    .filter(({ example }) => passwords.isOutdated(example))
    .map(({ example, accounts }) => {
      counted += accounts
      return { decoy: like(example), below: counted / total }
    })
}

/** Any salt of bcrypt will do; its last character is not free. */
const BCRYPT_SALT = 'KBCwKxOzLha2MR.CfzMyXu'
const BCRYPT_OUTPUT = 31

function like(hash: string): string {
  if (hash.startsWith('$2')) {
    const output = randomBytes(BCRYPT_OUTPUT).toString('base64url').replaceAll(/[-_]/g, '.')
    return `${hash.slice(0, 7)}${BCRYPT_SALT}${output.slice(0, BCRYPT_OUTPUT)}`
  }
  const parts = hash.split('$')
  return [...parts.slice(0, -2), ...parts.slice(-2).map(otherText)].join('$')
}

/** Other bytes, as many, in base64 without padding. */
function otherText(text: string): string {
  const bytes = randomBytes(Math.floor((text.length * 3) / 4))
  return bytes.toString('base64').replaceAll('=', '')
}
