import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseField } from '../fields/parse-field.ts'
import { withField, withoutField, withRenamed } from './edit-declaration.ts'
import { withImports, withoutUnused } from './edit-imports.ts'
import { findDeclaration } from './find-declaration.ts'

const HOUSE = `import { entity, money } from 'plinth'
import { z } from 'zod'

// entity('product', { not: this })
const text = "entity('product', {})"

export const product = entity(
  'product',
  {
    // what it is, in brackets: ) } ]
    sku: z.string().regex(/^[)}'"\`/]{3,40}$/, 'Must be ), } or \\''), // shown everywhere
    name: z.string().max(200).describe(\`Shown \${'}'} on the \\\`invoice\\\`\`),
    'price': money().min(0), // in cents
    /* kept for the accountants */
    cost: money().default(0)
  },
  {
    hidden: ['cost'],
    unique: [['sku'], ['name', 'price']],
    check: { sold_above_cost: sql\`price >= cost\` },
  },
)

export const other = entity('other', { sku: z.string() })
`

function found(text: string, name = 'product') {
  const declaration = findDeclaration(text, name)
  assert.ok(declaration !== undefined)
  return declaration
}

test('a declaration is found behind comments, texts, patterns and templates', () => {
  assert.deepEqual(
    found(HOUSE).fields.map(({ key }) => key),
    ['sku', 'name', 'price', 'cost'],
  )
  assert.deepEqual(
    found(HOUSE, 'other').fields.map(({ key }) => key),
    ['sku'],
  )
})

test('what is in no shape that is known is left alone', () => {
  const shapes = [
    "entity('product', shape)",
    "entity('product', { ...base, name: z.string() })",
    "entity('product', { name })",
    "entity('product', { [key]: z.string() })",
    'entity(NAME, { name: z.string() })',
    "entity('product', { name: z.string() }, options)",
    "entity('product', { name: z.string() )",
    "my.entity('product', { name: z.string() })",
    "entity('product', { a: x }); entity('product', { a: x })",
    '',
  ]
  for (const text of shapes) assert.equal(findDeclaration(text, 'product'), undefined, text)
})

test('a field is added as one line, and everything else stays as it was', async () => {
  const field = await parseField('weight:decimal(10,2)?!#').catch(() =>
    parseField('weight:int?!# In grams'),
  )
  const changed = withField(HOUSE, found(HOUSE), field)
  assert.equal(
    changed,
    HOUSE.replace(
      'cost: money().default(0)\n',
      "cost: money().default(0),\n    weight: z.int32().optional().describe('In grams'),\n",
    )
      .replace("['name', 'price']]", "['name', 'price'], ['weight']]")
      .replace('price >= cost` }', "price >= cost` }, index: [['weight']]"),
  )
  const plain = "import { entity } from 'plinth'\nentity('other', { sku: z.string() })\n"
  const time = await parseField('at:datetime#=now')
  const edited = withField(plain, found(plain, 'other'), time) ?? ''
  assert.equal(
    withImports(edited, time.imports),
    "import { entity } from 'plinth'\nimport { timestamp } from 'plinth/data'\nentity('other', { sku: z.string(), at: timestamp().default('now') }, { index: [['at']] })\n",
  )
})

test('a field is renamed in its line and its options, nowhere else', () => {
  assert.equal(
    withRenamed(HOUSE, found(HOUSE), { from: 'sku', to: 'code' }),
    HOUSE.replace('    sku: z.string().regex', '    code: z.string().regex').replace(
      "[['sku']",
      "[['code']",
    ),
  )
  assert.equal(
    withRenamed(HOUSE, found(HOUSE), { from: 'price', to: 'amount' }),
    HOUSE.replace("'price': money", 'amount: money').replace(
      "['name', 'price']]",
      "['name', 'amount']]",
    ),
  )
})

test('a field is removed with its comment above it and what the options say of it', () => {
  assert.equal(
    withoutField(HOUSE, found(HOUSE), 'cost'),
    HOUSE.replace('\n    /* kept for the accountants */\n    cost: money().default(0)', '')
      .replace("\n    hidden: ['cost'],", '')
      .replace('money().min(0), // in cents', 'money().min(0), // in cents'),
  )
  assert.equal(
    withoutField(HOUSE, found(HOUSE), 'sku'),
    HOUSE.replace(/\n {4}\/\/ what it is.*\n.*shown everywhere/, '').replace("[['sku'], ", '['),
  )
  assert.equal(withoutField(HOUSE, found(HOUSE, 'other'), 'sku'), undefined)
  const from = "import { entity, money, ref } from 'plinth'\nref()\n"
  assert.equal(
    withoutUnused(from, [
      { from: 'plinth', name: 'money' },
      { from: 'plinth', name: 'ref' },
    ]),
    "import { entity, ref } from 'plinth'\nref()\n",
  )
})
