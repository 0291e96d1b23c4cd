import { createPublicKey, generateKeyPairSync, pbkdf2Sync, randomBytes, sign } from 'node:crypto'
import type { Scene } from './scene.ts'

const KEYS = '/api/v1/api-keys'

/** A key as it is made. */
export interface MadeKey {
  readonly key: string
  readonly id: string
}

const owners = new WeakMap<Scene, ReturnType<Scene['signIn']>>()

/** Who makes keys: somebody whose session no request of the attack can have ended. */
function keyOwner(scene: Scene): ReturnType<Scene['signIn']> {
  const known = owners.get(scene) ?? scene.signIn({ tenant: scene.ours.slug })
  owners.set(scene, known)
  return known
}

/** Whether the service has a route. */
function serves({ targets }: Scene, method: string, path: string): boolean {
  return targets.some((target) => target.method === method && target.url === path)
}

/**
 * Makes a key of the attacked tenant's owner; undefined where the service has no keys.
 * @throws Error when a service that has keys makes none
 */
export async function makeKey(
  scene: Scene,
  body: { readonly type: string; readonly scopes: readonly string[] },
): Promise<MadeKey | undefined> {
  if (!serves(scene, 'POST', KEYS)) return undefined
  const { headers } = await keyOwner(scene)
  const { status, text } = await scene.send({
    method: 'POST',
    path: KEYS,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'attack', ...body }),
  })
  if (status !== 201) throw new Error(`an API key was not made: ${status} ${text}`)
  const made: { key: string; api_key: { id: string } } = JSON.parse(text)
  return { key: made.key, id: made.api_key.id }
}

/** Makes a key, sees that it works, and revokes it. */
export async function makeRevokedKey(scene: Scene): Promise<MadeKey | undefined> {
  const made = await makeKey(scene, { type: 'admin', scopes: ['*'] })
  if (made === undefined) return undefined
  const { headers } = await keyOwner(scene)
  const { status } = await scene.send({ method: 'DELETE', path: `${KEYS}/${made.id}`, headers })
  if (status !== 204) throw new Error(`an API key was not revoked: ${status}`)
  return made
}

const PASSWORD = randomBytes(24).toString('base64url')
const [ITERATIONS, BYTES] = [10_000, 32]

/** An access token of the attacked tenant's owner; undefined where the service gives out none. */
export async function accessToken(scene: Scene): Promise<string | undefined> {
  if (!serves(scene, 'POST', '/auth/login')) return undefined
  const { ours, world, visitor } = scene
  const name = `owner-of-${ours.slug}-with-a-password`
  await scene.signIn({ tenant: ours.slug }, name)
  const { rows } = await world.database.platform.query<{ person: string }>(
    "select person_id as person from plinth.identities where issuer = 'urn:test' and subject = $1",
    [name],
  )
  const person = rows[0]?.person
  const salt = randomBytes(16)
  const hash = pbkdf2Sync(PASSWORD, salt, ITERATIONS, BYTES, 'sha256')
  const text = ['', 'pbkdf2-sha256', ITERATIONS, bare(salt), bare(hash)].join('$')
  await world.database.platform.batch([
    {
      text: 'insert into plinth.credentials (person_id, hash, changed_at) values ($1, $2, now())',
      values: [person, text],
    },
    {
      text: "insert into plinth.sign_in_names (name_key, person_id, kind, name) values ($2, $1, 'username', $2)",
      values: [person, name],
    },
  ])
  const answer = await scene.send({
    method: 'POST',
    path: '/auth/login',
    headers: { ...visitor, 'content-type': 'application/json' },
    body: JSON.stringify({ username: name, password: PASSWORD }),
  })
  if (answer.status === 404) return undefined
  const said: { access_token?: unknown } = answer.status === 200 ? JSON.parse(answer.text) : {}
  if (typeof said.access_token === 'string') return said.access_token
  throw new Error(`nobody could sign in for a token: ${answer.status} ${answer.text}`)
}

function bare(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}

/** What a good token becomes in the hands of somebody without its key. */
export function forgeriesOf(token: string): readonly (readonly [by: string, token: string])[] {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const pair = generateKeyPairSync('ed25519')
  const signed = (head: object): string => {
    const input = `${encoded(head)}.${claims}`
    return `${input}.${sign(null, Buffer.from(input), pair.privateKey).toString('base64url')}`
  }
  const own: object = JSON.parse(Buffer.from(header, 'base64url').toString())
  const jwk = createPublicKey(pair.privateKey).export({ format: 'jwk' })
  return [
    ['a token that another key signed', signed({ ...own, alg: 'EdDSA' })],
    ['a token that brings its own key', signed({ ...own, alg: 'EdDSA', jwk, kid: undefined })],
    ['a token without a signature', `${encoded({ ...own, alg: 'none' })}.${claims}.`],
    ['a token with claims that were not signed', `${header}.${changed(claims)}.${signature}`],
  ]
}

function changed(claims: string): string {
  const said: object = JSON.parse(Buffer.from(claims, 'base64url').toString())
  return encoded({ ...said, exp: 9_999_999_999 })
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
