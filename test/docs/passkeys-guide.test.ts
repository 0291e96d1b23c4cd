import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { passkeySettings } from '../../packages/plinth/src/identity/index.ts'
import { PASSKEY_FAULTS } from '../../packages/plinth/src/identity/passkeys/passkeys.events.ts'
import { read } from '../gates/source/files.ts'
import { blocksOf } from './blocks.ts'

const PAGE = 'docs/guides/passkeys.md'
const guide = read(PAGE)

test(`${PAGE}: the block of settings is the defaults, all of them`, () => {
  const [block] = blocksOf(PAGE).filter(({ language }) => language === 'yaml')
  assert.deepEqual(parse(block?.code ?? '').config.passkeys, passkeySettings.parse({}))
})

test(`${PAGE}: every reason of a refusal is explained`, () => {
  const [, refused = ''] = guide.split('## What is refused')
  const named = [...refused.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name)
  assert.deepEqual(
    PASSKEY_FAULTS.filter((fault) => !named.includes(fault)),
    [],
  )
})

test(`${PAGE}: every route that it names is one of the service`, () => {
  const routes = read('template/src/generated/routes.txt')
  const named = [...guide.matchAll(/`(?:GET|POST|PATCH|DELETE) (\/auth\/[\w/:-]+)`/g)]
  assert.ok(named.length > 5)
  for (const [, path = ''] of named) assert.ok(routes.includes(path), path)
})
