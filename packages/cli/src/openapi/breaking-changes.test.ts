import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { changesOfApi, mayReplace, OPENAPI_FILE } from './breaking-changes.ts'

const withPaths = (...paths: readonly string[]) =>
  JSON.stringify({ paths: Object.fromEntries(paths.map((path) => [path, { get: {} }])) })

let service: string
before(() => {
  service = mkdtempSync(join(tmpdir(), 'plinth-openapi-'))
  mkdirSync(join(service, 'src/generated'), { recursive: true })
})
after(() => rmSync(service, { recursive: true, force: true }))

test('a document that breaks callers is refused unless it is accepted, or the old one is kept', () => {
  const changes = (...paths: readonly string[]) => changesOfApi(service, withPaths(...paths))
  assert.equal(mayReplace(changes('/a'), 'refuse'), true, 'there is none yet')
  writeFileSync(join(service, OPENAPI_FILE), withPaths('/a', '/b'))
  assert.equal(mayReplace(changes('/a', '/b', '/c'), 'refuse'), true)
  assert.throws(() => mayReplace(changes('/a'), 'refuse'), {
    name: 'CliError',
    message: /^breaking {2}GET \/b: is gone\n.*`plinth sync --accept-breaking`\.$/,
  })
  assert.equal(mayReplace(changes('/a'), 'accept'), true)
  assert.equal(mayReplace(changes('/a'), 'keep'), false)
})

test('a document in which a merge left its marks is named, with what to do', () => {
  writeFileSync(join(service, OPENAPI_FILE), `<<<<<<< HEAD\n${withPaths('/a')}`)
  assert.throws(() => changesOfApi(service, withPaths('/a')), {
    name: 'CliError',
    exitCode: 2,
    message: /^src\/generated\/openapi\.json is no JSON, .*; take either side of it/,
  })
})
