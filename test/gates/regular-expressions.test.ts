import assert from 'node:assert/strict'
import path from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { keyPattern } from '../../packages/plinth/src/config/setting-names.ts'
import { decimal } from '../../packages/plinth/src/data/entity/decimal.ts'
import { createShown } from '../../packages/plinth/src/http/guard/shown.ts'
import { newRecoveryCode } from '../../packages/plinth/src/identity/mfa/typed-code.ts'
import { isTest, lineAt, ROOT, read, runtimeSources, sources } from './source/files.ts'
import type { RegexLiteral } from './source/mask.ts'
import { regexLiterals } from './source/mask.ts'

const LIMIT_MS = 50
// On the wall: a machine with much to do may leave the thread waiting.
const PATIENCE_MS = 30_000

let worker: Worker | undefined
after(() => worker?.terminate())

/** Milliseconds of the worst text; Infinity for an expression that had not ended. */
async function worstMs(regex: RegexLiteral, patienceMs = PATIENCE_MS): Promise<number> {
  worker ??= new Worker(new URL('./time-regexes.ts', import.meta.url))
  const running = worker
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const late = setTimeout(() => {
    worker = undefined
    void running.terminate()
    resolve(Number.POSITIVE_INFINITY)
  }, patienceMs)
  running.once('message', resolve).once('error', reject)
  running.postMessage(regex)
  try {
    return await promise
  } finally {
    clearTimeout(late)
    running.removeAllListeners('message').removeAllListeners('error')
  }
}

const literal = (regex: RegExp): RegexLiteral => ({
  ...regex,
  at: 0,
  source: regex.source,
  flags: regex.flags,
})

test('HI-17 the gate finds the literals of a source, and nothing that divides', () => {
  const text =
    "const a = /x\\/[/]y/gi, b = 4 / 2 / 1 // /no/\nconst c = `${d.replace(/z/, '/n/')}/n/`"
  assert.deepEqual(
    regexLiterals(text).map(({ source, flags }) => [source, flags]),
    [
      ['x\\/[/]y', 'gi'],
      ['z', ''],
    ],
  )
})

test('HI-17 the gate sees an expression that takes long', async () => {
  for (const slow of [/^([a-z0-9]+)+@example$/, /^(a|a)*$/]) {
    const ms = await worstMs(literal(slow), 200)
    assert.ok(ms > LIMIT_MS, `${slow} took ${ms} ms`)
  }
})

test('HI-17 no regular expression takes 50 ms on 100 kB of hostile text', async () => {
  const found = allRegexes()
  assert.ok(found.size > 100, `${found.size} expressions`)
  const slow: string[] = []
  for (const [name, { regex, where }] of found) {
    const ms = await worstMs(regex)
    if (ms > LIMIT_MS) slow.push(`${where} ${name} took ${ms} ms`)
  }
  assert.deepEqual(slow, [])
})

/** What makes the expressions that are no literals, where loading the file does not. */
const CALLS: Readonly<Record<string, () => unknown>> = {
  'packages/plinth/src/config/setting-names.ts': () => keyPattern('oidc.providers.<name>.issuer'),
  'packages/plinth/src/data/entity/decimal.ts': () => decimal(1000, 500),
  'packages/plinth/src/http/guard/shown.ts': () => createShown('__Host-user_session_id'),
  'packages/plinth/src/identity/mfa/typed-code.ts': newRecoveryCode,
}

test('HI-17 nor does one that a service puts together', async () => {
  const files = runtimeSources().filter((file) => read(file).includes('new RegExp('))
  assert.ok(files.length > 5, files.join())
  for (const file of files) {
    const made = await madeBy(file)
    const written = read(file).split('new RegExp(').length - 1
    assert.equal(made.length, written, `${file}: name the call that makes it, in CALLS`)
    for (const regex of made) {
      const ms = await worstMs(literal(regex))
      assert.ok(ms <= LIMIT_MS, `${file} /${regex.source}/ took ${ms} ms`)
    }
  }
})

/** The expressions that a file makes while it is loaded and called. */
async function madeBy(file: string): Promise<readonly RegExp[]> {
  const { href } = pathToFileURL(path.join(ROOT, file))
  // What it imports is loaded before, and not counted.
  await import(href)
  const made: RegExp[] = []
  const plain = globalThis.RegExp
  globalThis.RegExp = new Proxy(plain, {
    construct(target, [source, flags]) {
      const regex = new target(source, flags)
      made.push(regex)
      return regex
    },
  })
  try {
    await import(`${href}?once-more`)
    CALLS[file]?.()
    return made
  } finally {
    globalThis.RegExp = plain
  }
}

/** What runs in a service or on a developer's machine: no tests, no kit for tests. */
function allRegexes(): Map<string, { readonly regex: RegexLiteral; readonly where: string }> {
  const files = sources().filter(
    (file) => /^(packages\/[^/]+|template)\/src\//.test(file) && !isTest(file),
  )
  const entries = files.flatMap((file) => {
    const text = read(file)
    return regexLiterals(text).map((regex) => {
      const where = `${file}:${lineAt(text, regex.at)}`
      return [`/${regex.source}/${regex.flags}`, { regex, where }] as const
    })
  })
  return new Map(entries)
}
