import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOf, type Rule } from './rules.ts'
import { isTest, read, sources } from './source/files.ts'

const RULES: readonly Rule[] = [
  {
    name: 'any',
    pattern: /(?<![\w.'])any(?=\s*([\])},;>|&=\n]|$))(?<=(:|<|\bas|\||&|,|=>?)\s*any)/,
    instead: 'say unknown, and narrow it',
  },
  { name: 'double cast', pattern: /\bas unknown as\b/, instead: 'narrow with a check' },
  { name: 'default export', pattern: /^\s*export default\b/, instead: 'give it a name' },
  {
    name: 'enum',
    pattern: /^\s*(export )?(declare )?(const )?enum \w/,
    instead: 'use a union of strings',
  },
  { name: 'namespace', pattern: /^\s*(export )?(declare )?namespace \w/, instead: 'use a module' },
  {
    name: 'parameter property',
    pattern: /constructor\((?:[^)]*,)?\s*(?:(?:private|public|protected|readonly) )+\w+\s*[?:]/,
    instead: 'declare the field and assign it',
  },
  {
    name: 'silenced tool',
    pattern: /biome-ignore|@ts-ignore|@ts-nocheck|eslint-disable/,
    instead: 'repair what the tool found',
    inText: true,
    except: (file) => file === 'test/gates/language.test.ts',
  },
  {
    name: 'expected type error',
    pattern: /@ts-expect-error/,
    instead: 'only a test may expect one',
    inText: true,
    except: (file) => isTest(file) || file.endsWith('.test-d.ts'),
  },
]

test('the language gate sees each forbidden form, and no innocent neighbour', () => {
  const bad: readonly string[] = [
    'const a: any = 1',
    'const a = b as any',
    'type A = Record<string, any>',
    'const a = b as unknown as C',
    'export default class A {}',
    'export const enum A { B }',
    'namespace A {}',
    'class A { constructor(private readonly b: string) {} }',
    '// @ts-ignore',
    '// @ts-expect-error',
  ]
  for (const code of bad) assert.equal(faultsOf(RULES, 'a.ts', code).length, 1, code)
  const good = [
    'class A { constructor(a: readonly string[], b: { readonly c: string }) {} }',

    "const a = 'any'",
    'list.any(x)',
    '// any, or none',
    'const any = z.any',
    'a = b as const',
  ]
  for (const code of good) assert.deepEqual(faultsOf(RULES, 'a.ts', code), [], code)
})

test('no source uses a form that hides a mistake from the compiler', () => {
  assert.deepEqual(
    sources().flatMap((file) => faultsOf(RULES, file, read(file))),
    [],
  )
})

test('the packages load without top-level await, so that require() works', () => {
  const topLevel: Rule = {
    name: 'top-level await',
    pattern: /^(await\b|(export )?(const|let) [^=\n]+= await\b)/,
    instead: 'await inside a function',
  }
  assert.equal(faultsOf([topLevel], 'a.ts', 'const a = await b()').length, 1)
  const inPackages = sources().filter((file) => file.startsWith('packages/') && !isTest(file))
  assert.deepEqual(
    inPackages.flatMap((file) => faultsOf([topLevel], file, read(file))),
    [],
  )
})
