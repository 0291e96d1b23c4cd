import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { z } from 'zod'
import { entity } from './index.ts'

/** Options as a program without types may give them. */
const declared = (options: object) => () =>
  entity('x', { sku: z.string(), name: z.string().max(9), n: z.int32(), cost: z.string() }, options)

const legacy = { schema: 'public', name: 'orders', migrated: 'elsewhere' } as const

const refusedOptions: readonly (readonly [object, RegExp])[] = [
  [{ serveronly: ['n'] }, /there is no option "serveronly"; did you mean "serverOnly"\?/],
  [{ hidden: ['skuu'] }, /hidden names the column "skuu", .* not declared; did you mean "sku"\?/],
  [{ serverOnly: ['nmae'] }, /serverOnly names .*"nmae".*; did you mean "name"\?/],
  [{ pii: ['mail'] }, /pii names the column "mail", which is not declared$/],
  [{ unique: [['sku', 'nam']] }, /unique names .*"nam".*; did you mean "name"\?/],
  [{ unique: [['sku', 'sku']] }, /unique names the column "sku" twice/],
  [{ unique: ['sku'] }, /unique takes lists of columns: unique: \[\['name'\]\]/],
  [{ unique: [[]] }, /unique has a list without columns/],
  [{ unique: [['sku'], ['sku']] }, /two keys, indexes or checks are called "xes_sku_key"/],
  [{ index: [['create_at']] }, /index names .*; did you mean "created_at"\?/],
  [{ hidden: 'sku' }, /hidden takes a list of columns: hidden: \['name'\]/],
  [{ search: ['nme'] }, /search names .*; did you mean "name"\?/],
  [{ search: ['n'] }, /search names "n", which is no text/],
  [{ search: ['cost'], hidden: ['cost'] }, /search names "cost", which is hidden/],
  [{ rules: [{ message: 'm', path: 'skk', holds: () => true }] }, /rules names .*mean "sku"\?/],
  [{ check: { 'a-b': sql`n > 0` } }, /check "a-b" must look like/],
  [{ check: { small: sql`n < ${3}` } }, /a check has no parameters/],
  [{ computed: { sku: [z.string(), () => ''] } }, /computed field "sku" needs a name of its own/],
  ...['id', 'version', 'created_at', 'updated_at', 'tenant_id'].map(
    (name) =>
      [
        { computed: { [name]: [z.string(), () => ''] } },
        new RegExp(`computed field "${name}" needs a name of its own`),
      ] as const,
  ),
  [{ computed: { short: z.string() } }, /computed field "short" takes \[schema, function\]/],
  [{ computed: { short: [z.string()] } }, /computed field "short" takes \[schema, function\]/],
  [{ rules: 'n' }, /rules takes a list of \{ message/],
  [{ rules: [{ message: 'm', path: 'n' }] }, /rules takes a list of \{ message/],
  [{ check: { small: 'n < 3' } }, /check "small" is no SQL; say sql`/],
  [{ softDelete: 'yes' }, /softDelete is true or false/],
  [{ table: { ...legacy, schema: 'plinth', name: 'people' } }, /"plinth" are the platform's/],
  [{ owned: 'people' }, /owned is "people"; say 'tenant', 'person' or 'nobody'/],
  [{ table: { ...legacy, kee: 'x' } }, /table has no "kee"; did you mean "key"\?/],
  [{ table: { ...legacy, key: 'Order ID' } }, /table\.key "Order ID" must look like/],
  [{ table: { ...legacy, tenant: 'sku' } }, /"sku" is named as key or tenant of the table/],
  [{ table: { ...legacy, migrated: 'here' } }, /say migrated: 'elsewhere'/],
  [{ table: legacy, search: ['name'] }, /search needs a column and a function/],
  [{ table: legacy, owned: 'person' }, /owned: 'person' needs a foreign key/],
  [{ table: { ...legacy, tenant: 'org' }, owned: 'nobody' }, /a table of nobody has no tenant/],
]

test('an option is refused in one sentence that names the entity, and what was probably meant', () => {
  for (const [options, reason] of refusedOptions) {
    assert.throws(declared(options), (error) => {
      assert.ok(error instanceof TypeError)
      assert.match(error.message, /^entity "x": [^\n]+$/)
      assert.match(error.message, reason)
      return true
    })
  }
  for (const [name, option] of [
    ['owner_id', "owned: 'person'"],
    ['deleted_at', 'softDelete: true'],
    ['search_doc', 'search: \\[…\\]'],
  ]) {
    const made = () => entity('x', { [String(name)]: z.string() })
    assert.throws(made, new RegExp(`field "${name}": the option ${option} makes this column`))
  }
})

test('what stands between the brackets is named where it is something else', () => {
  const given: (...args: unknown[]) => unknown = entity as never
  for (const args of [
    [5, {}],
    ['x', null],
    ['x', [z.string()]],
    ['x', {}, null],
    ['x', {}, []],
  ])
    assert.throws(() => given(...args), {
      name: 'TypeError',
      message: /^entity\([^)]*\): it takes a name, an object of fields and an object of options/,
    })
})
