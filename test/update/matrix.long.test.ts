import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { parse } from 'yaml'
import { ownershipOf } from '../../packages/cli/src/template/ownership.ts'
import { EDITS } from './edits/index.ts'
import type { Outcome } from './outcome.ts'
import { readStates, type State } from './state.ts'
import { allOutcomes, readGuide, tableOf, withTable } from './table.ts'

let states: readonly State[]
let outcomes: readonly Outcome[]
before(async () => {
  states = await readStates()
  outcomes = allOutcomes(states)
})

const named = ({ state, edit }: Outcome) => `${state}: ${edit.kind}, ${edit.name}`

test('there are frozen services enough, and edits enough; each edit changes something somewhere', () => {
  assert.ok(states.length >= 6 && EDITS.length >= 30)
  const idle = EDITS.filter((edit) => !outcomes.some((outcome) => outcome.edit === edit))
  assert.deepEqual(
    idle.map(({ name }) => name),
    [],
  )
})

test('no update so much as decides about a file of the owner’s', () => {
  for (const outcome of outcomes) {
    const { plan, decisions } = outcome
    const touched = [
      ...decisions.map(({ path }) => path),
      ...decisions.flatMap(({ from }) => from ?? []),
      ...plan.codemods.flatMap(({ texts }) => [...texts.keys()]),
    ]
    const own = touched.filter((path) => ownershipOf(path) === 'yours')
    assert.deepEqual(own, [], named(outcome))
  }
})

test('what is merged by keys can be read, with and without a clash; markers stand in texts only', () => {
  for (const outcome of outcomes)
    for (const { path, text, clashes } of outcome.decisions) {
      if (text === undefined) continue
      const marked = clashes.some((clash) => clash.marked)
      const byKeys = /\.(json|ya?ml)$/.test(path) && outcome.edit.name !== 'comments in it'
      assert.ok(!byKeys || !marked, `${named(outcome)}: markers in ${path}`)
      if (path.endsWith('.json') && byKeys) JSON.parse(text)
      else if (byKeys) parse(text)
    }
})

test('an edit that the template does not meet is in the merged file, word for word', () => {
  for (const outcome of outcomes) {
    const state = states.find(({ name }) => name === outcome.state)
    const files = new Map(state?.files)
    outcome.edit.make(files)
    for (const { path, from, action, text } of outcome.decisions) {
      if (action !== 'merge') continue
      const was = new Set(bareLines(state?.files.get(from ?? path)))
      const added = bareLines(files.get(from ?? path)).filter((line) => !was.has(line))
      const there = bareLines(text).join('')
      const lost = added.filter((line) => !there.includes(line))
      assert.ok(
        lost.length === 0 || isNewerThere(path, lost),
        `${named(outcome)}: ${path} lost ${lost}`,
      )
    }
  }
})

/** Lines without what only lays them out. */
function bareLines(text = ''): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/[\s,]/g, ''))
    .filter((line) => /\w/.test(line))
}

/** A version in package.json may be raised above the one that the owner wrote, never lowered. */
function isNewerThere(path: string, lost: readonly string[]): boolean {
  return path === 'package.json' && lost.every((line) => /"[\w@/-]+":"[\^~]?\d/.test(line))
}

test('files that somebody removed stay removed', () => {
  for (const outcome of outcomes) {
    const state = states.find(({ name }) => name === outcome.state)
    const files = new Map(state?.files)
    outcome.edit.make(files)
    for (const { path, from, action } of outcome.decisions)
      if (action === 'add' && from === undefined)
        assert.ok(!state?.base.has(path), `${named(outcome)}: ${path} came back`)
  }
})

test('the table in the guide is what this run found', async (context) => {
  const table = tableOf(outcomes)
  context.diagnostic(`conflicts by kind of edit:\n${table}`)
  const guide = await readGuide()
  assert.equal(guide, withTable(guide, table), 'run: node test/update/table.ts')
})
