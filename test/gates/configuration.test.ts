import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingRows } from '../../scripts/gen/configuration.ts'
import { isTest, read, sources } from './source/files.ts'
import { mask } from './source/mask.ts'

test('the settings gate sees a setting that nothing reads', () => {
  assert.deepEqual(unread(['http.port', 'http.unused'], 'listen(settings.port)'), ['http.unused'])
  assert.deepEqual(unread(['http.port'], 'const { port } = settings'), [])
})

test('every setting is described in one sentence', () => {
  const silent = settingRows().filter(({ description }) => !/^\S.*[^\s]$/s.test(description))
  assert.deepEqual(
    silent.map(({ key }) => key),
    [],
  )
})

test('every setting is read by the runtime or the command line', () => {
  const code = sources()
    .filter((file) => /^packages\/(plinth|cli)\/src\//.test(file))
    .filter((file) => !isTest(file) && !file.endsWith('.settings.ts'))
    .map((file) => mask(read(file)))
    .join('\n')
  const keys = settingRows().map(({ key }) => key)
  assert.deepEqual(unread(keys, code), [])
})

/** Keys whose own name no code takes from an object. */
function unread(keys: readonly string[], code: string): string[] {
  return keys.filter((key) => {
    const name = key.split('.').at(-1)?.replace(/\W.*$/, '') ?? ''
    return !new RegExp(`(\\.|[{,]\\s*)${name}\\b`).test(code)
  })
}
