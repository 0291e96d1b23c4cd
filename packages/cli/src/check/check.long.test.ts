import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { WrittenService } from '../attack/leaky-service.fixture.ts'
import { writeService } from '../attack/leaky-service.fixture.ts'
import { PROGRAM } from '../dev/small-service.fixture.ts'
import type { CheckReport } from './check-service.ts'

let service: WrittenService
before(async () => {
  service = await writeService({})
})
after(() => service[Symbol.asyncDispose]())

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

function plinth(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const env = { ...process.env, NO_COLOR: '1', ...more }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [PROGRAM, ...args],
      { cwd: service.folder, env },
      (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
      },
    )
  })
}

async function check(...args: readonly string[]): Promise<CheckReport & { readonly code: number }> {
  const { code, out, err } = await plinth(['check', '--json', ...args])
  assert.ok(out.startsWith('{'), err)
  return { ...JSON.parse(out), code }
}

/** Changes one text of a file of the service for the time of a test. */
async function changed(file: string, from: string, to: string) {
  const path = join(service.folder, file)
  const text = await readFile(path, 'utf8')
  assert.ok(text.includes(from), `${file} has no ${from}`)
  await writeFile(path, text.replace(from, to))
  return { [Symbol.asyncDispose]: () => writeFile(path, text) }
}

const PRODUCT = 'src/entities/product/product.ts'

test('the template is green in every part', async () => {
  const { code, findings, parts } = await check()
  assert.deepEqual(findings, [])
  assert.equal(code, 0)
  assert.deepEqual(
    parts.map(({ name, state }) => `${name} ${state}`),
    ['types ok', 'lint ok', 'sync ok', 'census ok', 'openapi ok', 'migrations ok', 'attack ok'],
  )
})

test('a wrong type names file, line and code', async () => {
  await using _ = await changed(PRODUCT, "feature('product'", 'feature(7')
  const { code, findings } = await check('--only', 'types')
  assert.equal(code, 1)
  const [finding] = findings
  assert.deepEqual([finding?.part, finding?.file, finding?.code], ['types', PRODUCT, 'TS2345'])
  const lines = (await readFile(join(service.folder, PRODUCT), 'utf8')).split('\n')
  assert.match(lines[(finding?.line ?? 0) - 1] ?? '', /feature\(7/)
})

test('a module that cannot be imported is named with its line by whichever part needs it', async () => {
  await using _ = await changed(PRODUCT, "feature('product'", "feature('product' 'again'")
  const { code, findings } = await check('--only', 'sync,migrations,attack')
  assert.equal(code, 1)
  const lines = (await readFile(join(service.folder, PRODUCT), 'utf8')).split('\n')
  const line = lines.findIndex((text) => text.includes("'again'")) + 1
  assert.deepEqual(
    findings.map((one) => [one.code, one.file, one.line]),
    ['sync.failed', 'migrations.failed', 'attack.failed'].map((one) => [one, PRODUCT, line]),
  )
})

test('what the linter finds names file, line and rule; a layout of one’s own is nobody’s fault', async () => {
  const LAX = '\nexport async function late() {}\nexport function early( ) { late( ) ; }\n'
  await using _ = await changed('src/worker.ts', '\n', LAX)
  const { code, findings } = await check('--only', 'lint')
  assert.equal(code, 1)
  assert.deepEqual(
    findings.map(({ file, line, code: rule }) => [file, line, rule]),
    [['src/worker.ts', 3, 'lint/nursery/noFloatingPromises']],
  )
})

test('a changed entity is missed by sync, by callers and by the migrations, each with its fix', async () => {
  await using _ = await changed(PRODUCT, '  stock: z', '  weight: z.int32(),\n  stock: z')
  const { findings } = await check('--only', 'sync,census,openapi,migrations')
  const codes = findings.map(({ code }) => code)
  assert.deepEqual([...new Set(codes)].sort(), [
    'migration.missing',
    'openapi.field.demanded',
    'sync.stale',
  ])
  const migration = findings.find(({ code }) => code === 'migration.missing')
  assert.equal(migration?.file, PRODUCT)
  assert.match(migration?.fix ?? '', /plinth db revision/)
  const breaking = findings.find(({ code }) => code === 'openapi.field.demanded')
  assert.match(
    breaking?.message ?? '',
    /POST \/api\/v1\/products, body weight .*callers would break/,
  )
  assert.ok((breaking?.line ?? 0) > 1)
  const refused = await plinth(['sync'])
  assert.equal(refused.code, 1)
  assert.match(refused.err, /accept it with `plinth sync --accept-breaking`/)
})

test('a change that callers would notice is taken by plinth sync --accept-breaking', async () => {
  const accept = async () => {
    const { code, out, err } = await plinth(['sync', '--accept-breaking'])
    assert.equal(code, 0, out + err)
    assert.deepEqual((await check('--only', 'sync,openapi')).findings, [])
  }
  {
    await using _ = await changed(PRODUCT, '  stock: z', '  weight: z.int32(),\n  stock: z')
    assert.notDeepEqual((await check('--only', 'openapi')).findings, [])
    await accept()
  }
  await accept()
})

test('who may call a route is compared with what was reviewed', async () => {
  await using _ = await changed('src/generated/routes.txt', 'product:delete', 'signed in')
  const { findings } = await check('--only', 'census,sync')
  assert.deepEqual(
    findings.map(({ code, file }) => [code, file]),
    [['census.changed', 'src/generated/routes.txt']],
  )
})

test('parts are chosen by name, and a mistyped one is named', async () => {
  assert.match(
    (await plinth(['check', '--only', 'tpyes'])).err,
    /no part "tpyes" to check; did you mean types\?/,
  )
  const { parts } = await check('--skip', 'types,attack,migrations,openapi')
  assert.deepEqual(
    parts.map(({ name }) => name),
    ['lint', 'sync', 'census'],
  )
})

/** Ends the process when it calls anything that is not this machine. */
const REFUSED = `
import net from 'node:net'
import { appendFileSync } from 'node:fs'
const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  const [options] = args.flat()
  const host = options?.path === undefined ? String(options?.host ?? 'localhost') : 'localhost'
  if (/^(localhost|127\\..*|::1)$/.test(host)) return connect.apply(this, args)
  appendFileSync(process.env.CALLED_FILE, host + '\\n')
  throw new Error('the network was called: ' + host)
}`

test('no command calls the network by itself', async () => {
  const calls = join(service.folder, 'calls.txt')
  await writeFile(calls, '')
  const hook = `--import data:text/javascript,${encodeURIComponent(REFUSED)}`
  const more = { NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} ${hook}`, CALLED_FILE: calls }
  for (const line of [
    'version',
    'routes',
    'openapi --check',
    'sync --check',
    'config check',
    'entity ls',
    'db revision --check',
    'attack --brief',
    'why GET /health',
    'completion bash',
    'update --check',
    'doctor',
  ]) {
    const { err } = await plinth(line.split(' '), more)
    assert.equal(await readFile(calls, 'utf8'), '', `${line}: ${err}`)
  }
})
