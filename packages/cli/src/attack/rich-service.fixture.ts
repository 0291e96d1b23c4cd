/** Entities of every ownership, with references, soft deletion and fields of many kinds. */
export const RICH = `
import { crud, entity, feature, money, ref } from 'plinth'
import { bigint, decimal, json, timestamp } from 'plinth/data'
import { z } from 'zod'

export const shelf = entity('shelf', { label: z.string().max(40) }, { plural: 'shelves' })
export const book = entity('book', {
  isbn: z.string().regex(/^97[89]-\\d{10}$/),
  title: z.string().trim().min(1).max(120),
  price: money().min(0),
  pages: z.int32().min(1),
  weight: decimal(8, 2).optional(),
  copies: bigint().optional(),
  tags: z.array(z.string().max(20)).default([]),
  facts: json(z.object({ author: z.string().min(3) })),
  released: timestamp().optional(),
  contract: z.string().max(60).default('standard terms'),
  rank: z.int32().default(0),
  shelf_id: ref('shelf'),
  sequel_id: ref('book').nullable(),
}, { hidden: ['contract'], serverOnly: ['rank'], unique: [['isbn']], softDelete: true, search: ['title'] })
export const note = entity('note', { text: z.string().max(200), book_id: ref('book').nullable() }, { owned: 'person' })
export const remark = entity('remark', { text: z.string().max(200), note_id: ref('note') })
export const language = entity('language', { code: z.string().length(2) }, { owned: 'nobody' })
const entities = [shelf, book, note, remark, language]
export const library = feature('library', { entities, routes: entities.map((one) => crud(one)) })
`

/** Starts them, beside nothing else. */
export const RICH_MAIN = `
import { start } from 'plinth'
import { library } from './library.ts'
await start({ features: [library] })
`
