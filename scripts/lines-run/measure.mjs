import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { coverageFolder } from '../test-run/record.mjs'
import { codeLines } from './code-lines.mjs'
import { collected } from './collected.mjs'
import { printCoverage } from './print.mjs'

const ROOMS = ['access', 'http', 'identity'].map((room) => `packages/plinth/src/${room}`)
const FLOOR_PERCENT = 95
const LONG_TESTS = ['plinth/src/', 'test/conformance/']

// That taking types out of a source is experimental need not be said: the Node is pinned.
process.removeAllListeners('warning')
const { values: options } = parseArgs({ options: { report: { type: 'boolean', default: false } } })
if (!options.report) {
  runTests(['--coverage'])
  runTests(['--coverage', '--long', ...LONG_TESTS.flatMap((part) => ['--only', part])])
}
const folders = ['test', 'long'].map(coverageFolder).filter((folder) => existsSync(folder))
if (folders.length === 0) {
  console.error('No run with --coverage was recorded here: run `npm run coverage`.')
  process.exit(1)
}

const shares = []
for (const room of ROOMS) shares.push(printCoverage(await linesOf(room), room))
const low = ROOMS.filter((_, at) => shares[at] < FLOOR_PERCENT)
if (low.length > 0) console.error(`\nUnder ${FLOOR_PERCENT} % of the lines: ${low.join(', ')}`)
process.exitCode = low.length > 0 ? 1 : 0

async function linesOf(room) {
  const sources = new Map()
  for await (const file of glob(`${room}/**/*.ts`)) {
    if (!/\.(test|fixture)\.ts$/.test(file))
      sources.set(path.resolve(file), await readFile(file, 'utf8'))
  }
  const runs = await Promise.all(folders.map((folder) => collected(folder, sources)))
  return [...sources].sort().map(([file, source]) => {
    const lines = codeLines(source)
    const ran = ({ start, end }) =>
      runs.some((run) => run.get(file)?.subarray(start, end).includes(1) ?? false)
    const missed = lines.filter((line) => !ran(line)).map(({ number }) => number)
    return { file: path.relative(process.cwd(), file), lines: lines.length, missed }
  })
}

/** A failed test is the business of `npm test`: what the others ran still counts. */
function runTests(args) {
  spawnSync(process.execPath, ['scripts/test.mjs', ...args], { stdio: 'inherit' })
}
