import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTest, read, sources } from './source/files.ts'
import { functionsOf } from './source/functions.ts'

const FILE_STOP = 400
const FUNCTION_STOP = 80

interface Size {
  readonly where: string
  readonly lines: number
}

test('the size gate measures files and functions, and stops at its limits', () => {
  const long = `export function f(a: { b: 1 }): void {\n${'  a()\n'.repeat(81)}}\nif (x) {\n  y()\n}`
  assert.deepEqual(
    functionsOf(long).map(({ line, lines }) => [line, lines]),
    [[1, 81]],
  )
  assert.deepEqual(tooLong([{ where: 'a', lines: 401 }], FILE_STOP), ['a: 401 lines'])
})

test(`no file passes ${FILE_STOP} lines, no function ${FUNCTION_STOP}`, (context) => {
  const code = sources().filter((file) => !isTest(file))
  const files = sources().map((file) => ({ where: file, lines: read(file).split('\n').length - 1 }))
  const functions = code.flatMap((file) =>
    functionsOf(read(file)).map(({ line, lines }) => ({ where: `${file}:${line}`, lines })),
  )
  context.diagnostic(`files: ${report(files)}`)
  context.diagnostic(`functions: ${report(functions)}`)
  for (const { where, lines } of largest(functions, 5)) context.diagnostic(`  ${lines} ${where}`)
  assert.deepEqual(tooLong(files, FILE_STOP), [])
  assert.deepEqual(tooLong(functions, FUNCTION_STOP), [])
})

const tooLong = (sizes: readonly Size[], stop: number): string[] =>
  sizes.filter(({ lines }) => lines > stop).map(({ where, lines }) => `${where}: ${lines} lines`)

const largest = (sizes: readonly Size[], count: number): Size[] =>
  [...sizes].sort((a, b) => b.lines - a.lines).slice(0, count)

function report(sizes: readonly Size[]): string {
  const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return `${sorted.length}, median ${at(0.5)}, p90 ${at(0.9)}, largest ${at(1)}`
}
