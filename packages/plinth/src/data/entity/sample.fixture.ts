import { sql } from 'kysely'
import { z } from 'zod'
import { bigint, decimal, entity, json, migrationForAll, money, ref, timestamp } from './index.ts'

/** For the tests of this room: what a product refers to. */
export const category = entity(
  'category',
  { name: z.string().max(80) },
  { unique: [['name']], plural: 'categories' },
)

/** For the tests of this room: an entity that uses every option. */
export const product = entity(
  'product',
  {
    sku: z.string().regex(/^[A-Z0-9-]{3,40}$/),
    name: z.string().trim().max(200).describe('Shown on the invoice'),
    price: money(),
    cost: money().default(0),
    stock: z.int32().min(0).default(0),
    status: z.enum(['draft', 'live', 'retired']).default('draft'),
    category_id: ref('category').nullable(),
    note: z.string().optional(),
  },
  {
    hidden: ['cost'],
    serverOnly: ['status'],
    unique: [['sku']],
    index: [['status', 'created_at']],
    check: { sold_above_cost: sql`price >= cost` },
    rules: [
      {
        message: 'A live product needs stock',
        path: 'stock',
        holds: (row) => row.status !== 'live' || row.stock > 0,
      },
    ],
    computed: { in_stock: [z.boolean(), (row) => row.stock > 0] },
  },
)

/** For the tests of this room: one column of every kind, plain and with each wrapper. */
export const sampler = entity('sampler', {
  words: z.string(),
  code: z.string().max(12).toUpperCase(),
  count: z.int32(),
  amount: money(),
  huge: bigint(),
  rate: decimal(9, 3),
  ratio: z.number(),
  done: z.boolean(),
  day: z.iso.date(),
  moment: timestamp(),
  token: z.uuid(),
  colour: z.enum(['red', "o'clock"]),
  extra: json(z.object({ a: z.number(), b: z.array(z.string()).optional() })),
  labels: z.record(z.string(), z.string()),
  tags: z.array(z.string()),
  maybe: z.string().nullable(),
  absent: z.int32().optional(),
  either: timestamp().nullish(),
  counted: z.int32().default(7),
  unset: z.boolean().nullable().default(null),
  filed: z.record(z.string(), z.string()).default({}),
  tagged: z.array(z.string()).default(['new']),
  born: timestamp().default('now'),
  born_on: z.iso.date().default('now'),
  handle: z.uuid().default('uuid'),
})

/** The tables of all three. */
export const samplesSql = migrationForAll([product, sampler, category]).up
