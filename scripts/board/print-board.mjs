import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { recorded } from '../test-run/record.mjs'
import { formatGreen, parseGreen } from './green-file.ts'
import { parseRows } from './rows.ts'
import { boardTable } from './table.ts'
import { greenRows, lostRows, strayIds } from './verdict.ts'

const FLOOR = 'test/board/green.txt'
const { values: options } = parseArgs({
  options: { accept: { type: 'boolean' }, due: { type: 'boolean' } },
})

const rows = parseRows(await readFile('test/board/rows.csv', 'utf8'))
const before = parseGreen(await readFile(FLOOR, 'utf8'))
const runs = []
for (const suite of ['test', 'long']) {
  const outcomes = await recorded(suite)
  if (outcomes === undefined) console.log(`The ${suite} suite has no recorded run here.`)
  else runs.push({ suite, outcomes: outcomes.map((outcome) => ({ ...outcome, suite })) })
}
const outcomes = runs.flatMap((run) => run.outcomes)
const ran = runs.map(({ suite }) => suite)
const green = greenRows(rows, outcomes)
const lost = lostRows(before, green, ran)
const stray = strayIds(rows, outcomes)

console.log(boardTable(rows, green))
if (options.due) {
  const isGreen = new Set(green.map(({ id }) => id))
  for (const row of rows.filter(({ id, state }) => state === 'todo' && !isGreen.has(id))) {
    console.log(`due: ${row.id} ${row.title}`)
  }
}
if (stray.length > 0) console.error(`No such row, named in a test title: ${stray.join(', ')}`)
if (options.accept) {
  const kept = before.filter(
    ({ id, suites }) => lostHere(id) && !suites.some((s) => ran.includes(s)),
  )
  await writeFile(FLOOR, formatGreen([...green, ...kept].sort(byId)))
} else if (lost.length > 0) {
  console.error(`Green before and not now: ${lost.join(', ')}`)
}
process.exitCode = (lost.length > 0 && !options.accept) || stray.length > 0 ? 1 : 0

function lostHere(id) {
  return !green.some((row) => row.id === id)
}

function byId(a, b) {
  const place = (row) => rows.findIndex(({ id }) => id === row.id)
  return place(a) - place(b)
}
