import type { FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { AnyEntity, Expanded } from '../data/index.ts'
import type { Expandable } from './expansions.ts'
import { expandedFields, presentExpanded } from './expansions.ts'

/** Turns rows of an entity into what an answer carries. */
export interface ShownRows {
  /** One row of the answer. */
  readonly schema: z.ZodObject
  /** Fields that `?fields=` may name. */
  readonly names: ReadonlySet<string>
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
  return {
    schema:
      expandables.length === 0 ? entity.shown : entity.shown.extend(expandedFields(expandables)),
    names: new Set(Object.keys(entity.shown.shape)),
    show: (row, { fields, expanded }) => {
      // The serialiser takes what the schema names: a row with nothing to add goes as it is.
      const whole = plain ? (row as Record<string, unknown>) : entity.present(row)
      const shown = fields === undefined ? whole : picked(whole, fields)
      if (expanded === undefined || expanded.size === 0) return shown
      return { ...shown, ...presentExpanded(expandables, expanded, row) }
    },
  }
}

/**
 * Serialises an answer that lacks declared fields, as its caller asked. It was put together from
 * declared fields, so that nothing else can be in it.
 */
export function sendSparse(reply: FastifyReply): void {
  reply.type('application/json; charset=utf-8').serializer(JSON.stringify)
}

function isPlain({ declaration: { columns, computed } }: AnyEntity): boolean {
  return computed.length === 0 && columns.every(({ hidden }) => !hidden)
}

function picked(row: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, row[field]]))
}
