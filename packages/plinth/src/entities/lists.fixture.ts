import { z } from 'zod'
import { entity, money, ref, timestamp } from '../data/index.ts'

/** For the tests of this room: what lamps refer to. */
export const shelf = entity('shelf', { name: z.string().max(40) }, { plural: 'shelves' })

/** For the tests of this room: an entity with an index for whatever a list may ask. */
export const lamp = entity(
  'lamp',
  {
    sku: z.string().max(20),
    name: z.string().max(200),
    price: money(),
    cost: money().default(0),
    stock: z.int32().default(0),
    rating: z.number().nullish(),
    status: z.enum(['draft', 'live', 'retired']).default('draft'),
    lit: z.boolean().default(false),
    sold_on: z.iso.date().nullish(),
    seen_at: timestamp().nullish(),
    labels: z.array(z.string()).default([]),
    shelf_id: ref('shelf').nullish(),
  },
  {
    hidden: ['cost'],
    unique: [['sku']],
    index: [
      ['price', 'id'],
      ['cost'],
      ['rating', 'id'],
      ['sold_on', 'created_at'],
      ['seen_at', 'id'],
      ['name', 'id'],
      ['lit'],
      ['status', 'created_at'],
    ],
    search: ['name'],
    computed: { cheap: [z.boolean(), (row) => row.price < 1_000] },
  },
)

/** For the tests of this room: deleted rows stay. */
export const crate = entity(
  'crate',
  { code: z.string().max(20), shelf_id: ref('shelf').nullish() },
  { softDelete: true, unique: [['code']], index: [['updated_at']] },
)

/** For the tests of this room: rows of people. */
export const note = entity('note', { text: z.string().max(100) }, { owned: 'person' })

/** For the tests of this room: rows of nobody. */
export const colour = entity('colour', { name: z.string().max(20) }, { owned: 'nobody' })
