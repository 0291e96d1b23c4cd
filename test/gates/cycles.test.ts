import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, sources } from './source/files.ts'
import { isRelative, resolveRelative, valueImportsOf } from './source/imports.ts'

type Graph = ReadonlyMap<string, readonly string[]>

test('the cycle gate sees a cycle of three, and none in a diamond', () => {
  const knot = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['a']],
  ])
  const diamond = new Map([
    ['a', ['b', 'c']],
    ['b', ['d']],
    ['c', ['d']],
    ['d', []],
  ])
  assert.deepEqual(cycles(knot), ['a → b → c → a'])
  assert.deepEqual(cycles(diamond), [])
})

test('no file imports itself by a detour', () => {
  const graph = new Map(
    sources().map((file) => [
      file,
      valueImportsOf(read(file))
        .filter(isRelative)
        .map((specifier) => resolveRelative(file, specifier)),
    ]),
  )
  assert.deepEqual(cycles(graph), [])
})

function cycles(graph: Graph): string[] {
  const found: string[] = []
  const finished = new Set<string>()
  const walk = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      found.push([...trail.slice(trail.indexOf(file)), file].join(' → '))
      return
    }
    if (finished.has(file)) return
    for (const next of graph.get(file) ?? []) walk(next, [...trail, file])
    finished.add(file)
  }
  for (const file of graph.keys()) walk(file, [])
  return found
}
