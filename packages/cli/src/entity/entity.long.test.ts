import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PROGRAM } from '../dev/small-service.fixture.ts'
import { onTerminal } from '../on-terminal.fixture.ts'
import { scratchService, treeOf } from './scratch-service.fixture.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

const service = scratchService()
before(() => rmSync(join(service.folder, '.plinth'), { recursive: true, force: true }))
after(() => service.remove())

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

function run(args: readonly string[], cwd = service.folder, input = ''): Promise<Said> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...args],
      { cwd, maxBuffer: 1e8 },
      (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
    )
    child.stdin?.end(input)
  })
}

const plinth = (...args: readonly string[]) => run([PROGRAM, ...args])

async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await plinth(...args)
  assert.equal(code, 0, `${args.join(' ')}\n${out}${err}`)
  return out
}

async function refused(code: 1 | 2, message: RegExp, ...args: readonly string[]): Promise<void> {
  const before = treeOf(service.folder)
  const said = await plinth(...args)
  assert.equal(said.code, code, `${args.join(' ')}: ${said.err}`)
  assert.match(said.err, message)
  assert.equal(said.err.trim().split('\n').length, 1, said.err)
  assert.deepEqual(treeOf(service.folder), before, args.join(' '))
}

/** Types, format and every test of the entities. */
async function holds(...entities: readonly string[]): Promise<void> {
  const types = await run([TSC, '-p', '.', '--customConditions', 'plinth-source'])
  const own = types.out.split('\n').filter((line) => line.startsWith('src/'))
  assert.deepEqual(own, [])
  for (const entity of entities) {
    const folder = join(service.folder, 'src/entities', entity)
    for (const file of readdirSync(folder)) {
      const text = readFileSync(join(folder, file), 'utf8')
      const format = await run(
        [BIOME, 'check', '--write', '--stdin-file-path=src/x.ts'],
        ROOT,
        text,
      )
      assert.equal(format.out, text, file)
    }
  }
  const tests = entities.map((entity) => `src/entities/${entity}/*.test.ts`)
  const ran = await run(['--test', ...tests])
  assert.equal(ran.code, 0, ran.out)
}

test('entities of every kind are written, and their tests pass as written', async () => {
  await done('entity', 'add', 'Category', 'name:string(40)!', 'parent_id:ref(category,set null)?')
  await done(
    'entity',
    'add',
    'Country',
    'code:string(2..2)!',
    'kind:enum(a,b)',
    '--owned',
    'nobody',
  )
  await done(
    ...['entity', 'add', 'Review', 'product_id:ref(product,cascade)', 'category_id:ref(category)'],
    ...['country_id:ref(country)', 'stars:int(1..5)#', 'text:text?~', 'weight:decimal(10,2)'],
    ...['seen:date', 'at:datetime=now', 'token:uuid', 'tags:list', 'meta:json', 'big:bigint'],
    ...['ratio:float(0..1)', 'done:bool', '--soft-delete'],
  )
  await done('entity', 'add', 'Note', 'title:string~', '--owned', 'person', '--split')
  await done(
    'entity',
    'add',
    'PersonOfTheLongestNameEver',
    'a_field_of_the_longest_name_that_is:int',
  )
  // What only joins others has no field of its own that a request could change.
  const ends = ['product_id:ref(product)', 'category_id:ref(category)']
  await done('entity', 'add', 'Link', ...ends, '--owned', 'person')
  await done('entity', 'add', 'Knot', 'next_id:ref(knot)?')
  const listed = JSON.parse(await done('entity', 'ls', '--json'))
  const long = 'person_of_the_longest_name_ever'
  assert.deepEqual(
    listed.entities.map((one: { entity: string }) => one.entity),
    ['category', 'country', 'knot', 'link', 'note', long, 'product', 'review'],
  )
  const names = ['category', 'country', 'knot', 'link', 'note', 'review', long.replaceAll('_', '-')]
  await holds(...names)
  assert.match(await done('db', 'revision', '--check'), /lead to what is declared/)
})

test('an entity that others need stays; one that nobody needs goes, and its table', async () => {
  await refused(2, /say --force/, 'entity', 'rm', 'Note')
  const category = await plinth('entity', 'rm', 'Category', '--force')
  assert.equal(category.code, 2)
  assert.match(category.err, /review\.ts: review\.category_id refers to category/)
  assert.match(
    await done('entity', 'rm', 'Note', '--dry-run'),
    /would write a migration that drops/,
  )
  await done('entity', 'rm', 'Note', '--force')
  await done('entity', 'rm', 'Review', '-f')
  assert.equal(treeOf(service.folder).has('src/entities/note/note.ts'), false)
  const drop = readdirSync(join(service.folder, 'migrations')).filter((file) => /drop_/.test(file))
  assert.equal(drop.length, 4)
  assert.match(await done('db', 'revision', '--check'), /lead to what is declared/)
  await refused(2, /no entity "note"/, 'entity', 'rm', 'Note', '--force')
})

test('a field comes, is called otherwise and goes; one line changes each time', async () => {
  const file = join(service.folder, 'src/entities/category/category.ts')
  const lines = () => readFileSync(file, 'utf8').split('\n')
  const before = lines()
  await done('entity', 'field', 'add', 'Category', 'cost:money?')
  const added = lines().filter((line) => !before.includes(line))
  assert.deepEqual(added, [
    "import { crud, entity, feature, money, ref } from 'plinth'",
    '    cost: money().optional(),',
  ])
  await done('entity', 'field', 'rename', 'Category', 'cost', 'price')
  assert.ok(lines().includes('    price: money().optional(),'))
  assert.match(await done('db', 'revision', '--check'), /lead to what is declared/)
  await refused(2, /say --force/, 'entity', 'field', 'rm', 'Category', 'price')
  await refused(
    2,
    /no field "prize"; did you mean price\?/,
    'entity',
    'field',
    'rm',
    'Category',
    'prize',
    '-f',
  )
  await refused(2, /a field "name" already/, 'entity', 'field', 'add', 'Category', 'name:int')
  await refused(2, /no entity "categori"/, 'entity', 'field', 'add', 'Categori', 'a:int')
  await done('entity', 'field', 'rm', 'Category', 'price', '--force')
  assert.deepEqual(lines(), before)
  const rename = readdirSync(join(service.folder, 'migrations')).find((name) => /rename/.test(name))
  assert.match(
    readFileSync(join(service.folder, 'migrations', rename ?? ''), 'utf8'),
    /rename column (cost to price|price to cost)/,
  )
  const other = before.join('\n').replace("'category',\n  {", "'category',\n  {\n    ...{},")
  writeFileSync(file, other)
  await refused(
    2,
    /shape that this command does not edit/,
    'entity',
    'field',
    'add',
    'Category',
    'x:int',
  )
  writeFileSync(file, before.join('\n'))
})

test('a field that no table could have is refused, and the declaration is put back', async () => {
  const field = `${'x'.repeat(40)}:enum(a,b)#`
  const message = /cannot be declared.*: entity "category": .* is longer than PostgreSQL's 63/
  await refused(2, message, 'entity', 'field', 'add', 'Category', field)
})

test('a definition is read from JSON, and what it says wrong is named', async () => {
  const definition = {
    name: 'Invoice',
    fields: [
      'number:string(20)!',
      { name: 'total', type: 'money(0..)', default: 0, description: 'In minor units' },
    ],
  }
  const args = [PROGRAM, 'entity', 'add', '--from', '-', '--json', '--dry-run']
  const said = await run(args, service.folder, JSON.stringify(definition))
  assert.equal(said.code, 0, said.err)
  const { files } = JSON.parse(said.out) as { files: { file: string; text: string }[] }
  assert.match(
    files[0]?.text ?? '',
    /total: money\(\)\.min\(0\)\.default\(0\)\.describe\('In minor units'\)/,
  )
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['{', /is not JSON/],
    ['[]', /must be an object; see/],
    ['{"nam":"X","fields":[]}', /"nam", which is not known; did you mean "name"\?/],
    ['{"name":"X","fields":[]}', /needs a field/],
    ['{"fields":["a:int"]}', /says no "name"/],
    [
      '{"name":"X","fields":[{"name":"a","type":"int","unique":1}]}',
      /"unique" must be of type boolean/,
    ],
  ]
  for (const [text, message] of wrong) {
    const answer = await run(args, service.folder, text)
    assert.equal(answer.code, 2, text)
    assert.match(answer.err, message)
  }
})

test('HI-24 nothing that a name says reaches a shell or leaves the service', async () => {
  const outside = join(service.folder, '..', `${service.folder.split('/').at(-1)}-outside`)
  mkdirSync(outside)
  for (const name of ['../../x', '/etc/x', '$(touch x)', '`touch x`', ';touch x', '--', 'x\ny']) {
    await refused(
      2,
      /cannot name an entity|no option|Say the fields/,
      'entity',
      'add',
      name,
      'a:int',
    )
  }
  assert.deepEqual(readdirSync(outside), [])
  rmSync(outside, { recursive: true })
})

test('without fields and without a terminal, it says how', async () => {
  await refused(2, /Say the fields: plinth entity add Thing name:string/, 'entity', 'add', 'Thing')
  await refused(2, /plinth entity rm Product/, 'entity', 'rm')
})

test('on a terminal it asks: name, type, optional, description, until the name is empty', async () => {
  const ENTER = '\r'
  const { seen, shown } = await onTerminal(
    service.folder,
    ['entity', 'add', 'Shelf'],
    [
      [/Field name \(empty ends\):/, `label${ENTER}`],
      [/Type for 'label' \[str\/int\/float\/bool\/datetime, or any other\] \(str\):/, ENTER],
      [/Is 'label' optional\?/, ENTER],
      [/Description for 'label' \(Label\):/, ENTER],
      [/Field name/, `depth${ENTER}`],
      [/Type for 'depth'/, `flot${ENTER}`],
      [/did you mean float\?[\s\S]*Type for 'depth'/, `${`\u007f`.repeat(4)}float${ENTER}`],
      [/Is 'depth' optional\?/, 'y'],
      [/Description for 'depth' \(Depth\):/, `In metres${ENTER}`],
      [/Field name/, ENTER],
    ],
  )
  assert.equal(seen.length, 10, shown)
  const text = readFileSync(join(service.folder, 'src/entities/shelf/shelf.ts'), 'utf8')
  assert.match(text, /label: z\.string\(\)\.trim\(\)\.min\(1\)\.max\(200\),/)
  assert.match(text, /depth: z\.number\(\)\.optional\(\)\.describe\('In metres'\),/)
  assert.match(text, /Each field is a column of `app\.shelves`/)
})

test('on a terminal, rm asks and takes no for an answer', async () => {
  const { seen } = await onTerminal(
    service.folder,
    ['entity', 'rm', 'Shelf'],
    [[/Remove shelf and these 2 files\?/, 'n']],
  )
  assert.equal(seen.length, 1)
  assert.ok(treeOf(service.folder).has('src/entities/shelf/shelf.ts'))
})
