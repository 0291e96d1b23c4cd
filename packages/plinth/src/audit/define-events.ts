import { z } from 'zod'
import type { AuditEvent, AuditOutcome, AuditTarget } from './audit-event.ts'

/** What one kind of event may carry. */
export interface EventKind {
  /** Why it can be denied or fail; stable codes. */
  readonly reasons?: readonly string[]
  /** Further facts by name. */
  readonly data?: { readonly [name: string]: z.core.$ZodType }
}

type DataOf<K extends EventKind> = {
  readonly [N in keyof K['data']]?: K['data'][N] extends z.core.$ZodType
    ? z.output<K['data'][N]>
    : never
}

/** What the code that records an event says. */
export interface EventFields<K extends EventKind> {
  readonly outcome: AuditOutcome
  readonly target?: AuditTarget
  readonly reason?: K['reasons'] extends readonly (infer R)[] ? R : never
  readonly data?: DataOf<K>
}

/** Makers of the events of one area. */
export type Events<S extends { readonly [name: string]: EventKind }> = {
  readonly [N in keyof S]: (fields: EventFields<S[N]>) => AuditEvent
}

const NAME = /^[a-z][a-z0-9_]*$/

/**
 * Declares the audit events of an area: `events.sign_in({ outcome: 'failed', reason: 'state' })`.
 * A reason or a fact that is not declared does not compile, and a fact is dropped.
 * @param area lower-case noun, the first part of each action: `auth`
 * @throws TypeError when a name leaves the grammar `[a-z][a-z0-9_]*`
 */
export function defineEvents<const S extends { readonly [name: string]: EventKind }>(
  area: string,
  kinds: S,
): Events<S>
export function defineEvents(
  area: string,
  kinds: { readonly [name: string]: EventKind },
): { readonly [name: string]: (fields: EventFields<EventKind>) => AuditEvent } {
  const makers = Object.entries(kinds).map(([name, kind]) => {
    for (const part of [area, name]) {
      if (!NAME.test(part)) throw new TypeError(`audit event name "${part}" must match ${NAME}`)
    }
    // Made by the first event that carries facts: there are hundreds of kinds.
    let data: z.ZodObject | undefined
    const facts = (given: object) => {
      data ??= z.object(kind.data ?? {}).partial()
      return data.parse(given)
    }
    const make = (fields: EventFields<EventKind>): AuditEvent => ({
      ...fields,
      action: `${area}.${name}`,
      ...(fields.data && { data: facts(fields.data) }),
    })
    return [name, make] as const
  })
  return Object.freeze(Object.fromEntries(makers))
}
