import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOf, type Rule } from './rules.ts'
import { read, runtimeSources } from './source/files.ts'

const room = (name: string) => (file: string) => file.startsWith(`packages/plinth/src/${name}/`)

const ASKS_ENVIRONMENT: ReadonlySet<string> = new Set([
  // Providers and test keys that are only for development open nothing in production.
  'packages/plinth/src/identity/identity.ts',
  // The API document and its page; readiness says the word; the same providers on the page of sign-in.
  'packages/plinth/src/compose/platform-features.ts',
  'packages/plinth/src/http/health/health.ts',
])

const RULES: readonly Rule[] = [
  {
    name: 'wall clock',
    pattern: /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.now\(/,
    instead: 'take a Clock from kernel',
    // dev keeps watch over processes of this machine, by this machine's clock.
    except: (file) => ['kernel', 'dev', 'testing'].some((name) => room(name)(file)),
  },
  {
    name: 'weak randomness',
    pattern: /\bMath\.random\(/,
    instead: 'use newToken() or newId() from kernel',
    except: room('kernel'),
  },
  {
    name: 'environment',
    pattern: /\bprocess\.env\b/,
    instead: 'take the parsed settings as an argument',
    except: (file) =>
      ['config', 'dev', 'testing'].some((name) => room(name)(file)) ||
      file === 'packages/plinth/src/compose/load-service-config.ts',
  },
  {
    // Principle 2: what production refuses, tests and development refuse too.
    name: 'word of the environment',
    pattern: /\.environment\b|\bisProduction\b/,
    instead: 'make it a setting: no guard looks at the environment',
    except: (file) =>
      ['config', 'dev', 'testing'].some((name) => room(name)(file)) || ASKS_ENVIRONMENT.has(file),
  },
  { name: 'console', pattern: /\bconsole\.\w+\(/, instead: 'use the Log of the context' },
  {
    name: 'session-level setting',
    pattern: /set_config\((?:[^()]|\([^()]*\))*,\s*false\s*\)|\bset\s+(?:session\s+)?plinth\./i,
    instead: 'set it for the transaction only: set_config(name, value, true)',
    inText: true,
  },
  {
    name: 'dynamic code',
    pattern: /\beval\(|\bnew Function\(|\bvm\.run/,
    instead: 'write the code',
  },
  {
    name: 'shell',
    pattern: /\bexec(Sync)?\(\s*[`'"]|shell:\s*true/,
    instead: 'spawn a program with a list of arguments',
  },
  {
    name: 'unchecked certificate',
    pattern: /rejectUnauthorized:\s*false/,
    instead: 'give the authority by ca',
  },
  {
    name: 'old hash',
    pattern: /createHash\(\s*['"](md5|sha1)['"]/,
    instead: 'use SHA-256',
    inText: true,
  },
]

test('the call gate sees each forbidden call', () => {
  const file = 'packages/plinth/src/http/a.ts'
  const bad: readonly string[] = [
    'Date.now()',
    'new Date()',
    'Math.random()',
    'process.env.HOME',
    "if (app.environment !== 'test') check()",
    "console.log('x')",
    "sql`select set_config('plinth.tenant_id', $1, false)`",
    "eval('1')",
    "exec('ls')",
    'tls.connect({ rejectUnauthorized: false })',
    "createHash('md5')",
  ]
  for (const code of bad) assert.equal(faultsOf(RULES, file, code).length, 1, code)
  assert.deepEqual(faultsOf(RULES, file, "new Date(0); set_config('a', nullif(b, ''), true)"), [])
  assert.deepEqual(faultsOf(RULES, 'packages/plinth/src/kernel/clock.ts', 'Date.now()'), [])
})

test('v5.0.0-V11.4.1 v5.0.0-V1.3.2 the runtime calls nothing that the house forbids', () => {
  assert.deepEqual(
    runtimeSources().flatMap((file) => faultsOf(RULES, file, read(file))),
    [],
  )
})
