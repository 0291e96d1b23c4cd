import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemCatalogue } from '../../scripts/gen/errors.ts'
import { lineAt, read, runtimeSources } from './source/files.ts'
import { mask } from './source/mask.ts'

test('the error gate sees a problem declared outside the catalogue', () => {
  assert.equal(
    strayProblems('http/guard.ts', "const gone = problem('a.gone', 410, 'Gone.')").length,
    1,
  )
  assert.equal(strayProblems('http/http.errors.ts', "x: problem('a.b', 400, 'c')").length, 0)
})

test('every error code is declared in a catalogue, once', async () => {
  const stray = runtimeSources().flatMap((file) => strayProblems(file, read(file)))
  assert.deepEqual(stray, [])
  const codes = (await problemCatalogue()).map(({ code }) => code)
  assert.deepEqual(
    codes.filter((code, index) => codes.indexOf(code) !== index),
    [],
  )
})

test('every catalogued error is one clear sentence, and something raises it', async () => {
  const code = runtimeSources()
    .filter((file) => !file.endsWith('.errors.ts'))
    .map((file) => mask(read(file)))
    .join('\n')
  const faults = (await problemCatalogue()).flatMap(({ name, message }) => {
    const key = name.split('.')[1] ?? ''
    const raised = new RegExp(`\\b${key}\\b`).test(code)
    return [
      ...(/^[A-Z].*\S$/.test(message) ? [] : [`${name} has no sentence: ${message}`]),
      ...(raised ? [] : [`nothing raises ${name}`]),
    ]
  })
  assert.deepEqual(faults, [])
})

/** Calls of problem() that no `*.errors.ts` holds. kernel defines it, feature offers it to services. */
function strayProblems(file: string, text: string): string[] {
  if (/\.errors\.ts$|\/kernel\//.test(file)) return []
  return [...mask(text).matchAll(/(?<![\w.])problem\(\s*['"]/g)].map(
    (hit) => `${file}:${lineAt(text, hit.index)} declare it in a *.errors.ts`,
  )
}
