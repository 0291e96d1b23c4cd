import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { hasMarkers, isRewritten } from './merge-lines.ts'
import { mergeShared } from './merge-shared.ts'

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

function manifests(base: object, mine: object, theirs: object) {
  const merged = mergeShared('package.json', {
    base: json(base),
    mine: json(mine),
    theirs: json(theirs),
  })
  return { ...merged, value: JSON.parse(merged.text) }
}

test('package.json: scripts and dependencies of both sides come together, in the owner’s order', () => {
  const { text, clashes } = manifests(
    {
      name: 'a',
      scripts: { dev: 'plinth dev', test: 'node --test' },
      dependencies: { zod: '4.0.0' },
    },
    {
      name: 'a',
      description: 'mine',
      scripts: { test: 'node --test', dev: 'plinth dev', ship: './ship' },
      dependencies: { stripe: '^1.0.0', zod: '4.0.0' },
    },
    {
      name: 'a',
      scripts: { dev: 'plinth dev', check: 'tsc', test: 'node --test' },
      dependencies: { zod: '4.6.7' },
    },
  )
  assert.deepEqual(clashes, [])
  assert.equal(
    text,
    json({
      name: 'a',
      description: 'mine',
      scripts: { test: 'node --test', dev: 'plinth dev', check: 'tsc', ship: './ship' },
      dependencies: { stripe: '^1.0.0', zod: '4.6.7' },
    }),
  )
})

test('package.json: Plinth goes to the new version, anything else to the newer of two', () => {
  const of = (plinth: string, zod: string, own: object = {}) => ({
    dependencies: { plinth, zod },
    ...own,
  })
  const { value } = manifests(of('0.1.0', '4.0.0'), of('^0.1.0', '4.9.0'), of('0.2.0', '4.6.7'))
  assert.deepEqual(value.dependencies, { plinth: '0.2.0', zod: '4.9.0' })
  const fork = manifests(of('1.0.0', '4.0.0'), of('1.0.0', 'github:me/zod'), of('1.0.0', '5.0.0'))
  assert.equal(fork.value.dependencies.zod, 'github:me/zod')
  assert.deepEqual(fork.clashes, [
    { where: 'dependencies.zod', mine: '"github:me/zod"', theirs: '"5.0.0"', marked: false },
  ])
})

test('package.json: a dependency that the owner moved is renewed where it stands, one removed stays removed', () => {
  const { value, clashes } = manifests(
    { dependencies: { kysely: '1.0.0' }, devDependencies: { typescript: '7.0.0', gone: '1.0.0' } },
    { dependencies: { kysely: '1.0.0', typescript: '7.0.0' } },
    { dependencies: { kysely: '1.1.0' }, devDependencies: { typescript: '8.0.0', gone: '2.0.0' } },
  )
  assert.deepEqual(value, { dependencies: { kysely: '1.1.0', typescript: '8.0.0' } })
  assert.deepEqual(clashes, [])
})

test('tsconfig.json: lists take what each side added; comments make it a text', () => {
  const merged = mergeShared('tsconfig.json', {
    base: '{ "include": ["src"] }\n',
    mine: '{ "include": ["src", "tools"] }\n',
    theirs: '{ "include": ["src", "tests"] }\n',
  })
  assert.deepEqual(JSON.parse(merged.text), { include: ['src', 'tools', 'tests'] })
  const commented = mergeShared('tsconfig.json', {
    base: '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n',
    mine: '{\n  // mine\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n',
    theirs: '{\n  "a": 1,\n  "b": 2,\n  "c": 4\n}\n',
  })
  assert.equal(commented.text, '{\n  // mine\n  "a": 1,\n  "b": 2,\n  "c": 4\n}\n')
})

const CONFIG = 'config:\n  app:\n    port: 8000 # as the proxy expects\n  database:\n    url: x\n'

test('config.yaml: the owner’s comments stay, the template’s come along, and both added blocks are there', () => {
  const merged = mergeShared('config.yaml', {
    base: CONFIG,
    mine: `${CONFIG}  mine:\n    a: 1 # why\n`,
    theirs: `${CONFIG.replace('url: x', 'url: y')}  # News\n  theirs:\n    b: 2\n`,
  })
  assert.deepEqual(merged.clashes, [])
  for (const comment of ['# as the proxy expects', '# why', '# News'])
    assert.ok(merged.text.includes(comment), comment)
  assert.deepEqual(parse(merged.text).config, {
    app: { port: 8000 },
    database: { url: 'y' },
    mine: { a: 1 },
    theirs: { b: 2 },
  })
})

test('config.yaml: a value that both changed is the owner’s, and is named; the file still reads', () => {
  const [mine, theirs] = ['9000', '8080'].map((port) => CONFIG.replace('8000', port))
  const merged = mergeShared('config.yaml', {
    base: CONFIG,
    mine: mine ?? '',
    theirs: theirs ?? '',
  })
  assert.equal(merged.text, mine)
  assert.deepEqual(merged.clashes, [
    { where: 'config.app.port', mine: '9000', theirs: '8080', marked: false },
  ])
})

test('config.yaml: comments of the owner’s stay where the template changes what they stand at', () => {
  const merged = mergeShared('config.yaml', {
    base: 'app:\n  # Template\n  port: 8000\n  hosts: [a, b]\n  url: x\n  old: 1\n',
    mine: '# Ask Ana\napp:\n  port: 8000 # proxy\n  hosts: # ours\n    - a # first\n    # spare\n    - b\n  url: x # Ben\n  old: 1\n  # end\n',
    theirs:
      'app:\n  # Template\n  port: 8001\n  hosts: [a, c, b]\n  url: { x: 1 }\n  # News\n  compat: 1\n',
  })
  assert.deepEqual(merged.clashes, [])
  for (const comment of ['Ask Ana', 'proxy', 'ours', 'first', 'spare', 'Ben', 'end', 'News'])
    assert.match(merged.text, new RegExp(`# ${comment}$`, 'm'))
  const app = { port: 8001, hosts: ['a', 'c', 'b'], url: { x: 1 }, compat: 1 }
  assert.deepEqual(parse(merged.text), { app })
})

test('config.yaml: a key that is a number is found like any other', () => {
  const ports = (name: string, more = '') => `ports:\n  8000:\n    name: ${name}\n${more}`
  const merged = mergeShared('config.yaml', {
    base: ports('api', '    old: 1\n'),
    mine: ports('api # Ana', '    old: 1\n'),
    theirs: ports('web'),
  })
  assert.deepEqual(merged, { text: ports('web # Ana'), clashes: [] })
})

test('package.json: a script that both sides added in two places stands there once', () => {
  const [dev, test, build] = ['plinth dev', 'node --test', 'tsc']
  const { text, clashes } = manifests(
    { scripts: { dev, test, build } },
    { scripts: { dev, test, build, lint: 'eslint .' } },
    { scripts: { dev, lint: 'biome check "a": b', test, build } },
  )
  assert.equal(text, json({ scripts: { dev, test, build, lint: 'eslint .' } }))
  assert.deepEqual(
    clashes.map(({ where }) => where),
    ['scripts.lint'],
  )
})

test('package.json: a layout of the owner’s stays when nothing else in it is theirs', () => {
  const { text } = manifests(
    { name: 'a', scripts: { dev: 'x' }, version: '1' },
    { version: '1', name: 'a', scripts: { dev: 'x' } },
    { name: 'a', scripts: { dev: 'y' }, version: '2' },
  )
  assert.equal(text, json({ version: '2', name: 'a', scripts: { dev: 'y' } }))
})

test('a workflow: steps that each side added come together, and it still reads', () => {
  const steps = (...names: string[]) =>
    `jobs:\n  test:\n    steps:\n${names.map((name) => `      - name: ${name}\n        run: ${name}\n`).join('')}`
  const merged = mergeShared('.github/workflows/ci.yml', {
    base: steps('install', 'types', 'test'),
    mine: steps('install', 'types', 'test', 'mine'),
    theirs: steps('node', 'install', 'types', 'test'),
  })
  assert.deepEqual(merged, { text: steps('node', 'install', 'types', 'test', 'mine'), clashes: [] })
})

test('a chart’s template and a list of commands are not taken apart', () => {
  const chart = (n: number) => `a: {{ .Values.a }}\nb: 1\nc: 2\nd: ${n}\n`
  const merged = mergeShared('infra/chart.yaml', {
    base: chart(1),
    mine: `# mine\n${chart(1)}`,
    theirs: chart(2),
  })
  assert.equal(merged.text, `# mine\n${chart(2)}`)
  const command = (words: string) => `services:\n  api:\n    command: [${words}]\n`
  const { clashes } = mergeShared('compose.yaml', {
    base: command('node, a.ts'),
    mine: command('node, --x, a.ts'),
    theirs: command('node, b.ts'),
  })
  assert.deepEqual(
    clashes.map(({ where }) => where),
    ['services.api.command'],
  )
})

test('.env.example: both ends of a list grow without a conflict, and no variable comes twice', () => {
  const merged = mergeShared('.env.example', {
    base: '# A=1\n# B=2\n',
    mine: '# A=1\nB=own\nMINE=1\n',
    theirs: '# A=1\n# B=3\n# NEW=4\n',
  })
  assert.deepEqual(merged, { text: '# A=1\n# NEW=4\nB=own\nMINE=1\n', clashes: [] })
})

test('anything else is merged by lines; the same lines changed twice stand between markers', () => {
  const dockerfile = (image: string) => `FROM ${image}\nCOPY . .\nCMD ["node"]\n`
  const merged = mergeShared('Dockerfile', {
    base: dockerfile('node:24'),
    mine: dockerfile('node:24-alpine'),
    theirs: dockerfile('node:24.1'),
  })
  assert.equal(
    merged.text,
    '<<<<<<< yours\nFROM node:24-alpine\n=======\nFROM node:24.1\n>>>>>>> plinth\nCOPY . .\nCMD ["node"]\n',
  )
  assert.equal(merged.clashes[0]?.where, 'lines 1-5')
  assert.ok(hasMarkers(merged.text))
  assert.ok(!hasMarkers('Title\n=======\n\ntext\n'))
})

test('line endings are the owner’s, in every kind of file', () => {
  for (const [path, base, mine, theirs] of [
    ['config.yaml', 'a: 1\nb: 2\nc: 3\n', 'a: 9\nb: 2\nc: 3\n', 'a: 1\nb: 2\nc: 4\n'],
    ['package.json', '{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "b": 2\n}\n', '{\n  "a": 2\n}\n'],
    ['Dockerfile', 'a\nb\nc\nd\n', 'x\na\nb\nc\nd\n', 'a\nb\nc\ne\n'],
  ] as const) {
    const windows = mine.replaceAll('\n', '\r\n')
    const { text, clashes } = mergeShared(path, { base, mine: windows, theirs })
    assert.deepEqual(clashes, [])
    assert.equal(text.split('\n').length, text.split('\r\n').length, path)
    assert.equal(text.replaceAll('\r\n', '\n'), mergeShared(path, { base, mine, theirs }).text)
  }
})

test('a text that was written anew is known as such', () => {
  const base = 'One line of it\nAnother line\nA third line\n'
  assert.ok(isRewritten({ base, mine: 'All of this is mine\n' }))
  assert.ok(!isRewritten({ base, mine: base.replace('third', 'fourth') }))
})

const tree = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(1, 'b', true, null),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).value
const map = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tree, {
  maxKeys: 4,
  noNullPrototype: true,
})

test('whatever the trees: one-sided changes win whole, and a merge of JSON is JSON', () => {
  fc.assert(
    fc.property(map, map, map, (base, mine, theirs) => {
      const texts = { base: json(base), mine: json(mine), theirs: json(theirs) }
      const merge = (versions: typeof texts) => JSON.parse(mergeShared('a.json', versions).text)
      assert.deepEqual(merge({ ...texts, mine: texts.base }), theirs)
      assert.deepEqual(merge({ ...texts, theirs: texts.base }), mine)
      merge(texts)
    }),
    { numRuns: 300 },
  )
})

test('config.yaml: a key that the template took away stays where the owner noted something at it, and is named', () => {
  const merged = mergeShared('config.yaml', {
    base: 'a: 1\nb:\n  c: 1\nd: 1\n',
    mine: 'a: 1\nb:\n  c: 1 # Ana: the shop needs it\nd: 1\n',
    theirs: 'a: 1\nd: 2\n',
  })
  assert.equal(merged.text, 'a: 1\nb:\n  c: 1 # Ana: the shop needs it\nd: 2\n')
  assert.deepEqual(
    merged.clashes.map(({ where }) => where),
    ['b'],
  )
})

test('whether the last line ends is no change of that line, and a byte order mark none of the first', () => {
  const merged = (base: string, mine: string, theirs: string, file = 'README.md') => {
    const { text, clashes } = mergeShared(file, { base, mine, theirs })
    assert.deepEqual(clashes, [])
    return text
  }
  assert.equal(merged('a\nb\n', 'a\nb', 'a\nb\nc\n'), 'a\nb\nc')
  assert.equal(merged('a\nb', 'a\nb', 'a\nb\nc\n'), 'a\nb\nc\n')
  assert.equal(merged('a\nb\n', 'a\nb\nmine\n', 'x\nb'), 'x\nb\nmine')
  assert.equal(
    merged('{"a":1,"b":1}', '\uFEFF{"a":1,"b":2}', '{"a":2,"b":1}', 'package.json'),
    `\uFEFF${json({ a: 2, b: 2 }).trimEnd()}`,
  )
})
