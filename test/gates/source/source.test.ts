import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importsOf, valueImportsOf } from './imports.ts'
import { mask } from './mask.ts'

test('mask() blanks comments, strings and regular expressions, and keeps every position', () => {
  const text = "const a = 'any' // any\nconst b = /[/'any]/.test(c) /* any\nany */ + d / e"
  const masked = mask(text)
  assert.equal(masked.length, text.length)
  assert.equal(masked.split('\n').length, text.split('\n').length)
  assert.doesNotMatch(masked, /any/)
  assert.match(masked, /\+ d \/ e$/)
})

test('mask() keeps the code inside a template literal, and only that', () => {
  const masked = mask('html`text any ${list.map((x) => `any ${x as never}`)} any`; tail()')
  assert.doesNotMatch(masked, /any/)
  assert.match(masked, /list\.map\(\(x\) => `\s+\$\{x as never\}`\)/)
  assert.match(masked, /; tail\(\)$/)
})

test('importsOf() finds static, side-effect and dynamic imports; valueImportsOf() only what loads', () => {
  const text = [
    "import { a, type B } from './a.ts'",
    "import type { C } from './c.ts'",
    "import './effect.ts'",
    "export {\n  d,\n} from './d.ts'",
    "const e = () => import('./e.ts')",
    "// import './comment.ts'",
    "export type { F } from './f.ts'",
  ].join('\n')
  assert.deepEqual(importsOf(text).sort(), [
    './a.ts',
    './c.ts',
    './d.ts',
    './e.ts',
    './effect.ts',
    './f.ts',
  ])
  assert.deepEqual(valueImportsOf(text).sort(), ['./a.ts', './d.ts', './effect.ts'])
})
