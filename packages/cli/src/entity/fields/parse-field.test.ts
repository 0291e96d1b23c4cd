import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldText } from '../text/entity-text.ts'
import { fieldKinds } from './field-kinds.ts'
import { parseField } from './parse-field.ts'

/** What is typed, and the line of the declaration that it becomes. */
const FIELDS: readonly (readonly [string, string])[] = [
  ['name:string', 'name: z.string().trim().min(1).max(200)'],
  ['name:str', 'name: z.string().trim().min(1).max(200)'],
  ['name:string(80)', 'name: z.string().trim().min(1).max(80)'],
  ['name:string(3..40)', 'name: z.string().trim().min(3).max(40)'],
  ['name:string(3..)', 'name: z.string().trim().min(3).max(200)'],
  ['name:string=new', "name: z.string().trim().min(1).max(200).default('new')"],
  [
    'name:string="on shelf" Where',
    "name: z.string().trim().min(1).max(200).default('on shelf').describe('Where')",
  ],
  ['category:text?', 'category: z.string().optional()'],
  ['note:text It\'s "said"', "note: z.string().describe('It\\'s \"said\"')"],
  ["note:text It's", 'note: z.string().describe("It\'s")'],
  ['note:text back\\slash', "note: z.string().describe('back\\\\slash')"],
  ['stock:int=0', 'stock: z.int32().default(0)'],
  ['stock:int(0..)=0', 'stock: z.int32().min(0).default(0)'],
  ['stock:int(-5..5)', 'stock: z.int32().min(-5).max(5)'],
  ['stock:int?=1', 'stock: z.int32().nullable().default(1)'],
  ['price:money', 'price: money()'],
  ['price:money(..1000)', 'price: money().max(1000)'],
  ['big:bigint=-7', "big: bigint().default('-7')"],
  ['weight:decimal(10,2)=1.5', "weight: decimal(10, 2).default('1.50')"],
  ['ratio:float(0..1)=0.5', 'ratio: z.number().min(0).max(1).default(0.5)'],
  ['done:bool=false', 'done: z.boolean().default(false)'],
  ['done:boolean', 'done: z.boolean()'],
  ['day:date=now', "day: z.iso.date().default('now')"],
  ['at:datetime', 'at: timestamp()'],
  ['at:time=now', "at: timestamp().default('now')"],
  ['key:uuid=uuid', "key: z.uuid().default('uuid')"],
  ['status:enum(draft, live)#=draft', "status: z.enum(['draft', 'live']).default('draft')"],
  ['meta:json={}', 'meta: z.record(z.string(), z.unknown()).default({})'],
  ['tags:list=[]', 'tags: z.array(z.string()).default([])'],
  ['category_id:ref(category)', "category_id: ref('category')"],
  [
    'category_id:ref(category,set null)?',
    "category_id: ref('category', { onDelete: 'set null' }).optional()",
  ],
]

test('every spelling of a field becomes one line of the declaration', async () => {
  const lines = []
  for (const [text] of FIELDS) lines.push([text, fieldText(await parseField(text), -100)])
  assert.deepEqual(lines, FIELDS)
  const tried = new Set(FIELDS.map(([text]) => /:([a-z]+)/.exec(text)?.[1]))
  assert.deepEqual(
    Object.keys(fieldKinds).filter((kind) => !tried.has(kind)),
    [],
  )
})

test('marks say unique, index and search, each once and where it can be', async () => {
  const { unique, index, search, optional } = await parseField('code:string!#~?')
  assert.deepEqual([unique, index, search, optional], [true, true, true, true])
})

/** What is typed, and a part of the sentence that answers it. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['name', /say its type: name:string/],
  ['name:', /is not a field; a field is name:type/],
  [':string', /cannot name a field/],
  ['Name:string', /did you mean name\?/],
  ['unitPrice:money', /did you mean unit_price\?/],
  ['name:strin', /is not a type; did you mean string\?/],
  ['name:zebra', /is not a type; the types are string, text, int/],
  ['name:string(', /is not a field/],
  ['name:string(a)', /the range in brackets looks like/],
  ['name:string(5..2)', /the range 5\.\.2 is empty/],
  ['name:int(5)', /the range in brackets looks like/],
  ['name:bool(1)', /takes nothing in brackets/],
  ['name:decimal', /digits in all and after the point: decimal\(10,2\)/],
  ['name:enum', /enum takes its values/],
  ["name:enum(a'b)", /enum takes its values/],
  ['name:enum(a,a)', /names a value twice/],
  ['name:enum(a,b)=c', /the default must be one of a, b, not "c"/],
  ['name:int=x', /the default must be a whole number, not "x"/],
  ['name:int=0!', /Marks stand before the "="/],
  ['name:bool=yes', /true or false/],
  ['name:bool!', /a bool cannot be unique/],
  ['name:list#', /no list is filtered by a list/],
  ['name:ref(a)#', /has an index by itself/],
  ['name:int~', /only string and text can be searched/],
  ['name:string!!', /twice/],
  ['name:ref', /ref takes an entity/],
  ["name:ref(a' + process.cwd + ')", /ref takes an entity/],
  ['name:ref(../a)', /ref takes an entity/],
  ['name:ref(a,b)', /ref\(category\)/],
  ['name:ref(a)=b', /has no default/],
  ['id:uuid', /every entity has this column/],
  ['tenant_id:uuid', /every entity has this column/],
  ['deleted_at:datetime', /every entity has this column/],
  ['name:string a\nb', /one line/],
  [`name:string ${'x'.repeat(201)}`, /at most 200/],
  ['name:string=a\u200bb', /one line of plain text/],
]

test('what is no field is refused in one sentence that names the nearest right form', async () => {
  for (const [text, message] of REFUSED) {
    await assert.rejects(parseField(text), { name: 'CliError', exitCode: 2, message }, text)
  }
})
