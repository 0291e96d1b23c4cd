import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOf, type Rule } from './rules.ts'
import { read, repositoryFiles } from './source/files.ts'

const self = (file: string) => file === 'test/gates/hygiene.test.ts'
const text = { inText: true, except: self } as const

const RULES: readonly Rule[] = [
  {
    ...text,
    name: 'unfinished',
    pattern: /\b(TODO|FIXME|XXX|HACK)\b/,
    instead: 'finish it, or leave it out',
  },
  {
    ...text,
    name: 'registry host',
    pattern: /registry\.(npmjs|yarnpkg)\.|npm\.pkg\.github|"resolved":\s*"http/,
    instead: 'the registry is the machine’s own setting',
  },
  {
    ...text,
    name: 'machine path',
    pattern: /(?<![\w.])\/(?:home|Users|root|work|private\/tmp|tmp\/bash)\/[\w.-]+/,
    instead: 'build it from import.meta.dirname or os.tmpdir()',
    except: (file) => self(file) || file === '.ci/run',
  },
  {
    ...text,
    name: 'private key',
    pattern: /-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----\s*\n[A-Za-z0-9+/=]{40}/,
    instead: 'make the key when it is needed',
  },
  {
    ...text,
    name: 'credential',
    pattern: /\b(ghp_[A-Za-z0-9]{36}|npm_[A-Za-z0-9]{36}|AKIA[A-Z0-9]{16}|xox[bp]-[\w-]{20,})/,
    instead: 'take it from the environment',
  },
]

test('the hygiene gate sees what must not be committed', () => {
  const bad: readonly string[] = [
    `// ${'TO'}DO later`,
    `"resolved": "${'https'}://registry.example/a.tgz"`,
    `const home = '/${'home'}/ana/plinth'`,
    `-----BEGIN ${'PRIVATE'} KEY-----\n${'A'.repeat(64)}`,
    `ghp_${'a'.repeat(36)}`,
  ]
  for (const sample of bad) assert.equal(faultsOf(RULES, 'a.md', sample).length, 1, sample)
  assert.deepEqual(faultsOf(RULES, 'a.md', 'GET /root and /t/acme/work/1'), [])
})

test('no tracked file holds unfinished work, a registry host, a machine’s path or a secret', () => {
  const readable = repositoryFiles().filter((file) => !/\.(png|jpg|woff2|ico|gz|tgz)$/.test(file))
  assert.deepEqual(
    readable.flatMap((file) => faultsOf(RULES, file, read(file))),
    [],
  )
})

test('the lockfile pins every package by its hash', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { link?: boolean; integrity?: string; resolved?: string }>
  }
  const loose = Object.entries(lock.packages)
    .filter(([path, entry]) => path.includes('node_modules/') && entry.link !== true)
    .filter(([, entry]) => entry.integrity === undefined || /^https?:/.test(entry.resolved ?? ''))
    .map(([path]) => path)
  assert.deepEqual(loose, [])
})
