import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chainFault, headsOf } from './migration-chain.ts'
import type { Migration } from './migration-files.ts'
import { runsAlone } from './no-transaction.ts'
import { renumbered } from './renumber.ts'
import { codeOf, statementsOf } from './sql-text.ts'

function file(name: string, after: string | undefined, text = ''): Migration {
  const up = `${after === undefined ? '' : `-- after: ${after}\n`}${text}`
  return { number: Number.parseInt(name, 10), name, after, up, down: '', hash: name }
}

const first = file('0001_first', 'nothing')
const size = file('0002_size', '0001_first')
const color = file('0002_color', '0001_first', 'select 1;')
const tint = file('0003_tint', '0002_color')

test('two heads are named, with the command that mends them', () => {
  assert.equal(chainFault([first, size]), undefined)
  const files = [first, color, size, tint]
  assert.deepEqual(
    headsOf(files).map(({ name }) => name),
    ['0002_size', '0003_tint'],
  )
  assert.equal(
    chainFault(files),
    'Two migrations come after 0001_first: 0002_color.up.sql and 0002_size.up.sql, so there are several heads (0002_size, 0003_tint); run "plinth db renumber", which puts one after the other',
  )
  assert.match(
    chainFault([first, file('0002_bare', undefined)]) ?? '',
    /must begin with the line "-- after: 0001_first"/,
  )
  assert.match(
    chainFault([first, file('0002_lost', '0001_gone')]) ?? '',
    /says that it comes after 0001_gone, and the one before it is 0001_first/,
  )
  assert.match(chainFault([first, file('0001_next', '0001_first')]) ?? '', /have the same number/)
})

test('renumber puts a branch after the other one, and never moves what is applied', () => {
  const files = [first, color, size, tint]
  const names = (last?: string, applied: readonly Migration[] = []) => {
    const history = applied.map(({ number, name, hash }) => ({ number, name, hash, appliedAt: '' }))
    return renumbered(files, history, last).map(({ from, to, up }) => [from, to, up.split('\n')[0]])
  }
  assert.deepEqual(names(), [['0002_size', '0004_size', '-- after: 0003_tint']])
  assert.deepEqual(names('0003_tint'), [
    ['0003_tint', '0004_tint', '-- after: 0003_color'],
    ['0002_color', '0003_color', '-- after: 0002_size'],
  ])
  assert.deepEqual(names(undefined, [first, size]), names('0003_tint'))
  assert.throws(
    () => names('0002_size', [first, size]),
    /0002_size is applied here and would have to/,
  )
  assert.deepEqual(renumbered([first, size], []), [])
  const [, moved] = renumbered(files, [], '0003_tint')
  assert.equal(moved?.up, '-- after: 0002_size\nselect 1;')
})

test('FI-44 what cannot share a transaction says so, and stands alone', () => {
  const index = 'create index concurrently a_idx on app.a (b);'
  assert.throws(
    () => runsAlone(file('0002_i', '0001_a', index), 'up'),
    /0002_i\.up\.sql says CONCURRENTLY or VALIDATE/,
  )
  assert.throws(
    () => runsAlone(file('0002_v', '0001_a', 'alter table a validate constraint c'), 'up'),
    /"-- plinth: no transaction" and one/,
  )
  const two = `-- plinth: no transaction\n${index} select 1;`
  assert.throws(() => runsAlone(file('0002_i', '0001_a', two), 'up'), /and holds 2 statements/)
  assert.equal(
    runsAlone(file('0002_i', '0001_a', `-- plinth: no transaction\n${index}`), 'up'),
    true,
  )
  assert.equal(
    runsAlone(file('0002_t', '0001_a', "select 'concurrently' -- concurrently\n;"), 'up'),
    false,
  )
})

test('statements end at their own semicolons', () => {
  const body =
    "create function f() returns int as $$ select 1; $$ language sql; -- the end; really\nselect ';', E'\\';', \"a;b\" /* ; */"
  assert.equal(statementsOf(body).length, 2)
  assert.equal(codeOf('-- only words\n/* and more; */'), '')
})
