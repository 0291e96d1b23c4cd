import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Decision, decideShared, type Present } from './decide-shared.ts'

const text = (value: string): Present => ({ kind: 'text', text: value })
const absent: Present = { kind: 'absent' }
const foreign: Present = { kind: 'foreign', because: 'a link or a folder of yours stands there' }
const O = 'one\ntwo\nthree\nfour\n'
const N = 'one\ntwo\nthree\nFOUR\n'
const M = 'ONE\ntwo\nthree\nfour\n'

type Case = readonly [
  string,
  string | undefined,
  Present,
  string | undefined,
  Decision['action'],
  string?,
]

const TABLE: readonly Case[] = [
  ['nobody changed it', O, text(O), O, 'none'],
  ['only the template changed it', O, text(O), N, 'replace', N],
  ['only the owner changed it', O, text(M), O, 'none'],
  ['both changed it to the same', O, text(N), N, 'none'],
  ['both changed it', O, text(M), N, 'merge', 'ONE\ntwo\nthree\nFOUR\n'],
  ['the owner removed it', O, absent, N, 'keep'],
  ['the template removed it', O, text(O), undefined, 'remove'],
  ['the template removed what the owner changed', O, text(M), undefined, 'keep'],
  ['both removed it', O, absent, undefined, 'none'],
  ['the template has a new one', undefined, absent, N, 'add', N],
  ['the owner had one of that name', undefined, text(N), N, 'none'],
  ['a link or folder stands there', O, foreign, N, 'keep'],
  [
    'windows lines count as unchanged',
    O,
    text(O.replaceAll('\n', '\r\n')),
    N,
    'replace',
    N.replaceAll('\n', '\r\n'),
  ],
  ['the owner wrote it anew', O, text('mine\nall mine\n'), N, 'none'],
]

for (const [title, base, mine, theirs, action, expected] of TABLE)
  test(`a shared file: ${title} → ${action}`, () => {
    const decision = decideShared({ path: 'Dockerfile', base, mine, theirs })
    assert.deepEqual([decision.action, decision.text], [action, expected])
    assert.deepEqual(decision.clashes, [])
    assert.equal(decision.because !== undefined, action === 'keep' || title.includes('anew'))
  })

test('a file of the same name that the owner made stays; keys of JSON and YAML come together', () => {
  const beside = (path: string, mine: string, theirs: string) =>
    decideShared({ path, base: undefined, mine: text(mine), theirs })
  const own = beside('Dockerfile', 'mine\n', 'ours\n')
  assert.deepEqual([own.action, own.text, own.clashes], ['keep', undefined, []])
  assert.match(own.because ?? '', /you made a file of this name/)
  assert.equal(beside('compose.yaml', 'a: 1\n', 'b: 2\n').text, 'a: 1\nb: 2\n')
  assert.deepEqual(JSON.parse(beside('biome.json', '{"a":1}', '{"b":2}').text ?? ''), {
    a: 1,
    b: 2,
  })
})

test('a shared file that the template moved takes the owner’s edits along', () => {
  const moved = { path: 'infra/Dockerfile', from: 'Dockerfile' }
  const both = decideShared({ ...moved, base: O, mine: text(M), theirs: N })
  assert.deepEqual(
    [both.action, both.text, both.from],
    ['merge', 'ONE\ntwo\nthree\nFOUR\n', 'Dockerfile'],
  )
  const own = decideShared({ ...moved, base: O, mine: text(M), theirs: O })
  assert.deepEqual([own.action, own.text], ['merge', M])
  assert.equal(decideShared({ ...moved, base: O, mine: absent, theirs: N }).action, 'keep')
})
