import type { ServiceWorld } from '../service-process/service-world.ts'
import type { AttackReport, Hole } from './attack-report.ts'
import type { HttpRequest } from './http-request.ts'
import { httpSender } from './http-request.ts'
import { targetsOf } from './scene.ts'
import type { Target } from './target.ts'
import { nameOf } from './target.ts'

type Found = Pick<AttackReport, 'requests' | 'holes' | 'notes'>

const NOTHING: Found = { requests: 0, holes: [], notes: [] }

const NOTE =
  'start() is given an authenticate of its own: strangers were sent to it, and everything else was tried with people of Plinth in its place. Whom it lets in, and as whom, needs tests of your own.'

/**
 * A service that brings its own identity: nobody, and somebody with what anyone can make up, on every
 * route that asks who calls. What it lets in cannot be made here.
 */
export async function attackOwnIdentity(
  { withOwnIdentity, declared, features }: ServiceWorld,
  isMeant: (target: Target) => boolean,
): Promise<Found> {
  if (withOwnIdentity === undefined) return NOTHING
  await using world = await withOwnIdentity()
  const asking = targetsOf({ world, declared, features }, []).filter(
    (target) => isMeant(target) && target.facts.access.kind !== 'open',
  )
  const sender = httpSender(world.url)
  const holes: Hole[] = []
  try {
    for (const target of asking) {
      const passed: string[] = []
      for (const [by, headers] of STRANGERS) {
        const { status } = await sender.send(requestBy(target, headers))
        if (status !== 401) passed.push(`${by}: it answered ${status} and not 401`)
      }
      const [first, ...others] = passed
      if (first !== undefined) holes.push(holeOf(target, first, others.length))
    }
  } finally {
    sender.close()
  }
  return { requests: asking.length * STRANGERS.length, holes, notes: [NOTE] }
}

function holeOf(target: Target, what: string, more: number): Hole {
  return {
    vector: 'own identity',
    route: nameOf(target),
    what,
    place: target.place,
    more,
    fix: 'Let authenticate() answer undefined for everything that it did not check, and throw for nothing that a caller sends.',
  }
}

const ID = '01a20264-0000-7000-8000-000000000000'

function requestBy({ method, url }: Target, headers: HttpRequest['headers']): HttpRequest {
  return { method, path: url.replaceAll(/:\w+/g, ID).replace('*', 'x'), headers }
}

const UNSIGNED = [{ alg: 'none' }, { sub: ID, iss: 'https://evil.example', exp: 9_999_999_999 }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')

/** What anybody can send who has been given nothing. */
const STRANGERS: readonly (readonly [by: string, headers: HttpRequest['headers']])[] = [
  ['nobody', {}],
  ['an empty bearer token', { authorization: 'Bearer ' }],
  ['a made-up bearer token', { authorization: 'Bearer of-somebody-else' }],
  ['a token without a signature', { authorization: `Bearer ${UNSIGNED}.` }],
  ['a made-up password', { authorization: `Basic ${btoa('admin:admin')}` }],
  ['a made-up API key', { 'x-api-key': 'of-somebody-else' }],
  ['made-up cookies', { cookie: 'session=1; token=1; user=admin' }],
]
