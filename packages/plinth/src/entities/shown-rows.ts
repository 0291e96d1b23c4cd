import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { AnyEntity, Expanded } from '../data/index.ts'
import { serializerFor } from '../http/index.ts'
import type { Expandable } from './expansions.ts'
import { expandedFields, presentExpanded } from './expansions.ts'

/** Turns rows of an entity into what an answer carries. */
export interface ShownRows {
  /** One row of the answer. */
  readonly schema: z.ZodObject
  /** Fields that `?fields=` may name. */
  readonly names: ReadonlySet<string>
  /**
   * Whether each field is one value, or a list of such. Nothing undeclared can be inside of it, so that an
   * answer of these rows can be sent as it is.
   */
  readonly isFlat: boolean
  show(row: object, options: ShowOptions): Record<string, unknown>
}

/** What was asked to be shown. */
export interface ShowOptions {
  /** Only these fields; all unless said. */
  readonly fields: readonly string[] | undefined
  /** What was read beside the rows, if anything. */
  readonly expanded?: Expanded
}

/** Makes what shows the rows of an entity. */
export function shownRows(entity: AnyEntity, expandables: readonly Expandable[] = []): ShownRows {
  const plain = isPlain(entity)
  const schema =
    expandables.length === 0 ? entity.shown : entity.shown.extend(expandedFields(expandables))
  const isFlat = [entity, ...expandables.map(({ target }) => target)].every(hasFlatRows)
  const declared = isFlat ? undefined : declaredOnly(schema)
  return {
    schema,
    names: new Set(Object.keys(entity.shown.shape)),
    isFlat,
    show: (row, { fields, expanded }) => {
      // The serialiser takes what the schema names: a row with nothing to add goes as it is.
      const whole = plain ? (row as Record<string, unknown>) : entity.present(row)
      const shown = fields === undefined ? whole : picked(whole, fields)
      const answer =
        expanded === undefined || expanded.size === 0
          ? shown
          : { ...shown, ...presentExpanded(expandables, expanded, row) }
      return fields === undefined || declared === undefined ? answer : declared(answer)
    },
  }
}

/**
 * Sends an answer as it is, past the schema of its route: one that lacks declared fields, as its caller
 * asked, or one of flat rows, for which JSON.stringify takes half the time. It was put together from
 * declared fields, so that nothing else can be in it.
 */
export function sendAsIs(reply: FastifyReply): void {
  reply.type('application/json; charset=utf-8').serializer(JSON.stringify)
}

/** Leaves out what JSON of an older declaration still holds, as the serialiser does of whole rows. */
function declaredOnly(schema: z.ZodObject): (answer: unknown) => Record<string, unknown> {
  const serialize = serializerFor(schema.partial())
  return (answer) => JSON.parse(serialize(answer))
}

function hasFlatRows({ declaration: { columns, computed } }: AnyEntity): boolean {
  return (
    computed.length === 0 && columns.every(({ hidden, kind }) => hidden || kind.name !== 'json')
  )
}

function isPlain({ declaration: { columns, computed } }: AnyEntity): boolean {
  return computed.length === 0 && columns.every(({ hidden }) => !hidden)
}

function picked(row: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, row[field]]))
}
