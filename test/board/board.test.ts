import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { formatGreen, parseGreen } from '../../scripts/board/green-file.ts'
import { parseRows } from '../../scripts/board/rows.ts'
import { boardTable } from '../../scripts/board/table.ts'
import { greenRows, idsIn, lostRows, type Outcome, strayIds } from '../../scripts/board/verdict.ts'

const CSV = `id,matrix,level,kind,title,state
ZZ-01,ZZ,,BB,first,todo
ZZ-02,ZZ,,BB,"second, with a comma",later(sign-in)
ZZ-03,ZZ,,BB,third,n/a(no such route)
v5.0.0-V0.1.1,V0,1,BB,fourth,todo
`
const outcome = (name: string, state: Outcome['state'], suite = 'test'): Outcome => ({
  name,
  state,
  suite,
})

test('a row is green when a test that names it passed, and no test that names it failed', () => {
  const rows = parseRows(CSV)
  const outcomes = [
    outcome('ZZ-01 and v5.0.0-V0.1.1 hold', 'passed'),
    outcome('ZZ-02 holds', 'passed'),
    outcome('ZZ-02 holds elsewhere', 'failed'),
    outcome('ZZ-03 holds', 'passed'),
    outcome('ZZ-011 v5.0.0-V0.1.11 are others', 'passed', 'long'),
  ]
  assert.deepEqual(
    greenRows(rows, outcomes).map(({ id }) => id),
    ['ZZ-01', 'v5.0.0-V0.1.1'],
  )
  assert.deepEqual(idsIn('ZZ-011 v5.0.0-V0.1.11'), ['ZZ-011', 'v5.0.0-V0.1.11'])
  assert.match(boardTable(rows, greenRows(rows, outcomes)), /^all\s+2 \/\s+4\s+0\s+1\s+1$/m)
  assert.deepEqual(strayIds(rows, [outcome('ZZ-09 is a slip', 'passed')]), ['ZZ-09'])
})

test('a row that was green and is skipped, failed or gone is lost, if its suite ran', () => {
  const before = parseGreen('ZZ-01 test\nZZ-02 long\nZZ-03 long+test\n')
  assert.deepEqual(lostRows(before, [], ['test']), ['ZZ-01', 'ZZ-03'])
  assert.deepEqual(lostRows(before, before, ['test', 'long']), [])
  assert.equal(formatGreen(before), 'ZZ-01 test\nZZ-02 long\nZZ-03 long+test\n')
})

test('a broken row file is refused with its line', () => {
  assert.throws(() => parseRows(CSV.replace('later(sign-in)', 'soon')), /rows\.csv:3/)
  assert.throws(() => parseRows(CSV.replace('ZZ-02', 'ZZ-01')), /ZZ-01 twice/)
})

test('the committed rows are whole: every matrix, numbered without a gap', async () => {
  const rows = parseRows(await readFile(new URL('rows.csv', import.meta.url), 'utf8'))
  const matrices = Map.groupBy(rows, ({ matrix }) => matrix)
  const sizes = Object.entries(SIZES).map(([matrix]) => [matrix, matrices.get(matrix)?.length])
  assert.deepEqual(Object.fromEntries(sizes), SIZES)
  assert.equal(rows.filter(({ id }) => id.startsWith('v5.0.0-')).length, 286)
  for (const matrix of Object.keys(SIZES)) {
    const numbers = (matrices.get(matrix) ?? []).map(({ id }) => Number(id.slice(3)))
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
      matrix,
    )
  }
})

const SIZES = {
  ...{ RP: 120, SB: 68, JW: 62, RT: 8, OR: 12, CS: 30, AK: 30, MF: 50, RR: 28 },
  ...{ TN: 62, FI: 52, HI: 32, SF: 9, XF: 20 },
}
