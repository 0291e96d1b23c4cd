import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultOf } from './fault-of.ts'

const TWICE = /^a key is written twice, the second time in line 3; take one of them out$/

const CASES: readonly (readonly [path: string, text: string, fault: RegExp | undefined])[] = [
  ['config.yaml', 'a: 1\nb: 2\na: 3\n', TWICE],
  ['config.yaml', 'a:\n  b: 2\n  b: 3\n', TWICE],
  ['package.json', '{\n"a": 1,\n"a": 2}', TWICE],
  ['config.yaml', 'a:\n\tb: 1\n', /^it cannot be read as YAML, line 2: Tabs are not allowed/],
  ['config.yaml', '', undefined],
  ['tsconfig.json', '{\n// mine\n"a": 1,\n}', undefined],
  ['chart.yaml', 'a: 1\n---\nb: 1\n---\nc: 1\n', undefined],
  ['README.md', 'a: 1\na: 2\n', undefined],
]

for (const [path, text, fault] of CASES)
  test(`what keeps ${path} from being read by its keys: ${JSON.stringify(text)}`, () => {
    const found = faultOf(path, text)
    if (fault === undefined) assert.equal(found, undefined)
    else assert.match(found ?? '', fault)
  })
