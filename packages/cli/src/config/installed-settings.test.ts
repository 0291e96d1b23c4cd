import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeSettings, namesFaults } from 'plinth/config'
import { installedConfiguration } from './service-configuration.ts'

const { schema, names } = await installedConfiguration()

test('every name of the table sets a setting of the service or says what happens instead', () => {
  assert.deepEqual(namesFaults(schema, names), [])
})

test('every setting of the service is described in a sentence', () => {
  const rows = describeSettings(schema, names)
  assert.deepEqual(
    rows.filter(({ description }) => !/^\S.*\.$/.test(description)).map(({ key }) => key),
    [],
  )
})
