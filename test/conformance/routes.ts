import { randomUUID } from 'node:crypto'
import type { World } from '../../packages/plinth/src/testing/index.ts'

/**
 * What a code must not match where Origin and CSRF let a request pass: whether its person may do the
 * thing, and whether its body is good, is asked after that.
 */
export const PAST_THE_GUARD = /^(?:http|access)\.(?!invalid$|not_permitted$)/

/** A route of the running service, with a target that matches it. */
export interface Target {
  readonly method: string
  /** Template, as the census has it. */
  readonly url: string
  readonly path: string
  /** A body that its schema may take; undefined where none is expected. */
  readonly body: string | undefined
  readonly anonymous: boolean
  /** `page` answers people in HTML. */
  readonly kind: 'api' | 'page' | 'foreign'
  /** Anyone may call it. */
  readonly open: boolean
  readonly takesForm: boolean
}

/** Ids that exist, by the template that takes them, alone or before more; any other gets a random one. */
export type KnownIds = Readonly<Record<string, string>>

/** Every route that the service serves, so that a new one is tried by itself. */
export function targetsOf(world: World, known: KnownIds = {}): readonly Target[] {
  return world.service.census().flatMap(({ method, url, facts }) => {
    if (facts === undefined) return []
    const { anonymous, takesForm, access, kind, schemas } = facts
    const body = schemas.body === undefined ? undefined : bodyFor(url)
    const open = access.kind === 'open'
    return [
      { method, url, path: fill(url, idFor(url, known)), body, kind, anonymous, open, takesForm },
    ]
  })
}

/** The routes that a session cookie can change something through. */
export function unsafeTargets(world: World, known: KnownIds = {}): readonly Target[] {
  return targetsOf(world, known).filter(({ method, anonymous }) => method !== 'GET' && !anonymous)
}

function idFor(url: string, known: KnownIds): string | undefined {
  return Object.entries(known).find(([one]) => url === one || url.startsWith(`${one}/`))?.[1]
}

function fill(url: string, id: string | undefined): string {
  return url.replaceAll(/:\w+/g, () => id ?? randomUUID()).replace('*', 'x')
}

function bodyFor(url: string): string {
  if (url.startsWith('/auth/')) return '{}'
  return JSON.stringify({ sku: 'FORGED-1', name: 'Forged', price: 1 })
}
